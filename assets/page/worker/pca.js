// Principal component analysis of the table: a twin of the library's. The Gram matrix about the mean follows from that of the
// images as they are.

import { leadingImages, remainders } from "./floor.js";
import { inner } from "./products.js";

/** Eigenvalues up to this fraction of ‖X‖² are rounding: their eigenimages are 0. */
const NO_VARIANCE = 1e-12;

/**
 * Returns the mean image, `rank` eigenimages as rows of `basis` (the pixel of largest magnitude of each is positive), the scores
 * as rows of `weights`, the fractions of the variance, and the relative errors of the mean and 0, 1, … eigenimages.
 */
export function principalComponents(table, smaller, rank) {
  const { count, width, squaredNorm } = table;
  const mean = meanOf(table);
  const variance = Math.max(0, squaredNorm - count * inner(mean, mean));
  const { values, vectors } = leadingImages(table, aboutMean(smaller, mean, count), rank);
  const isEmpty = (l) => !(values[l] > NO_VARIANCE * squaredNorm);
  const basis = Float32Array.from(vectors.subarray(0, rank * width));
  for (let l = 0; l < rank; l++) turnPositive(basis.subarray(l * width, (l + 1) * width), isEmpty(l));
  return {
    mean: Float32Array.from(mean),
    basis,
    weights: scoresOf(table, basis, mean, rank),
    shares: Array.from({ length: rank }, (_, l) => (isEmpty(l) ? 0 : values[l] / variance)),
    errors: remainders(values.map((value, l) => (isEmpty(l) ? 0 : value)), variance, squaredNorm),
  };
}

function meanOf({ byPixel, count, width }) {
  return Float64Array.from({ length: width }, (_, p) => {
    let sum = 0;
    for (let at = p * count; at < (p + 1) * count; at++) sum += byPixel[at];
    return sum / count;
  });
}

/** Returns the Gram matrix of the images minus their mean. */
function aboutMean({ gram, size, isOfImages }, mean, count) {
  const [lineOf, columnOf] = [(at) => Math.floor(at / size), (at) => at % size];
  if (!isOfImages) {
    return { gram: gram.map((value, at) => value - count * mean[lineOf(at)] * mean[columnOf(at)]), size, isOfImages };
  }
  const means = Float64Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let at = i * size; at < (i + 1) * size; at++) sum += gram[at];
    return sum / size;
  });
  const all = means.reduce((sum, value) => sum + value, 0) / size;
  return { gram: gram.map((value, at) => value - means[lineOf(at)] - means[columnOf(at)] + all), size, isOfImages };
}

/** Turns an image so that its pixel of largest magnitude, the first of equal ones, is positive; makes it 0 if it is `isEmpty`. */
function turnPositive(image, isEmpty) {
  let most = 0;
  for (const value of image) if (Math.abs(value) > Math.abs(most)) most = value;
  const factor = isEmpty ? 0 : Math.sign(most);
  for (let p = 0; p < image.length; p++) image[p] *= factor;
}

function scoresOf({ byImage, count, width }, basis, mean, rank) {
  const weights = new Float32Array(count * rank);
  for (let l = 0; l < rank; l++) {
    const row = basis.subarray(l * width, (l + 1) * width);
    const ofMean = inner(row, mean);
    for (let i = 0; i < count; i++) weights[i * rank + l] = inner(row, byImage.subarray(i * width, (i + 1) * width)) - ofMean;
  }
  return weights;
}
