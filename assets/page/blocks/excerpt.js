// What the blocks show of a run: some images as rows, runs of neighbouring pixels as columns, and the terms of a method.

import { imageOf, knownOf } from "../run/data.js";
import { largest } from "../drawing/paint.js";
import { someOf } from "../sections/users.js";

/** The most images and the most runs of pixels that are shown. */
const ROWS = 24;
const RUNS = 256;

/** Returns images that are evenly spread, with `chosen` in place of the nearest one. */
export function rowsWith(run, chosen) {
  const images = someOf(run, ROWS);
  let nearest = 0;
  for (const [place, image] of images.entries()) {
    if (Math.abs(image - chosen) < Math.abs(images[nearest] - chosen)) nearest = place;
  }
  images[nearest] = chosen;
  return images;
}

/** Returns how many neighbouring pixels of a row of the image are one column: a divisor of the image's width. */
export function runLength({ width, pixels }) {
  let length = 1;
  while (length < width && (width % length !== 0 || pixels / length > RUNS)) length++;
  return length;
}

/** Returns the mean over the known pixels of a run; NaN if none is known. */
export function meanOver(values, known, first, length) {
  let [sum, count] = [0, 0];
  for (let p = first; p < first + length; p++) {
    if (known && !known[p]) continue;
    sum += values[p];
    count++;
  }
  return count > 0 ? sum / count : NaN;
}

/** Returns the mean of an image over each run of pixels. */
export function runsOf(values, known, length) {
  return Float32Array.from({ length: values.length / length }, (_, column) => meanOver(values, known, column * length, length));
}

export function imageRuns(run, image, length) {
  return runsOf(imageOf(run, image), knownOf(run, image), length);
}

/** Returns the terms of the sums of a method: the mean image, if it has one, and its basis images. */
export function termsOf({ mean, rank, unit, units, basisImage, most, weight, intensity }) {
  const terms = Array.from({ length: rank }, (_, index) => ({
    index,
    name: `${unit} ${index}`,
    focus: { kind: units, index },
    values: basisImage(index),
    most: most(index),
    intensity: intensity[index],
    weight: (image) => weight(image, index),
  }));
  if (!mean) return terms;
  return [{ index: -1, name: "mean image", focus: null, values: mean, most: largest(mean), intensity: 0, weight: () => 1 }, ...terms];
}
