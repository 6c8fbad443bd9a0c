// Images of three pixels, NMF from given parts, and PCA of the same images.

import { gramOf, positiveWeights, productsOf, reconstruct } from "../run/algebra.js";
import { PIXELS, moved, pointAt, principalAxes, scaledToOne } from "./geometry.js";

/** The error of an image above which it counts as outside of what the parts compose. */
export const OUTSIDE = 1e-3;
/** Learning ends once an iteration lowers the error by less than this fraction of it. */
const CONVERGED = 1e-5;
/** An error below this is rounding, and counts as 0. */
const ROUNDED = 1e-7;

/** Returns a function that returns numbers from 0 to 1, always the same ones for a seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns a point of the triangle, all equally likely. */
export function randomPoint(random) {
  const [a, b] = [random(), random()].sort((x, y) => x - y);
  return [a, b - a, 1 - b];
}

/** Returns the sum of points with weights. */
function mixed(points, weights) {
  return [0, 1, 2].map((p) => points.reduce((sum, point, a) => sum + weights[a] * point[p], 0));
}

/** The images in which only one pixel is lit. */
const PURE = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];

/** Returns points on a segment between two hidden parts. */
function onSegment(random) {
  const hidden = [[0.72, 0.22, 0.06], [0.08, 0.3, 0.62]];
  return Array.from({ length: 16 }, (_, i) => {
    const share = 0.06 + (0.88 * (i + 0.8 * random())) / 16;
    return mixed(hidden, [1 - share, share]);
  });
}

/** Returns points around the middle of the triangle. */
function inCloud(random) {
  return Array.from({ length: 18 }, () => {
    const [radius, turn] = [0.16 * Math.sqrt(random()), 2 * Math.PI * random()];
    return pointAt([0.5 + 1.2 * radius * Math.cos(turn), 0.3 + 0.8 * radius * Math.sin(turn)]);
  });
}

/** Returns three hidden parts and sums of them. */
function inTriangle(random) {
  const hidden = [[0.74, 0.18, 0.08], [0.16, 0.72, 0.12], [0.06, 0.22, 0.72]];
  return [...hidden, ...Array.from({ length: 15 }, () => mixed(hidden, randomPoint(random)))];
}

/** Returns images in which one pixel is black: points on the sides of the whole triangle. */
function onRim(random) {
  return Array.from({ length: 18 }, (_, i) => {
    const share = 0.1 + (0.8 * (Math.floor(i / 3) + 0.4 * random())) / 5.4;
    return mixed([PURE[i % 3], PURE[(i + 1) % 3]], [1 - share, share]);
  });
}

/** The sets of images by their keys: what they are called, and how they are made. */
export const SETS = {
  segment: { name: "two parts", make: onSegment },
  cloud: { name: "a cloud", make: inCloud },
  triangle: { name: "a smaller triangle", make: inTriangle },
  rim: { name: "around the rim", make: onRim },
};

export function imagesOf(set) {
  return SETS[set].make(randomFrom(1));
}

/**
 * Returns the best non-negative sums of parts for each image: the sums, the error of each image, and the relative error of all.
 */
export function composed(images, parts) {
  const rank = parts.length;
  const basis = Float64Array.from(parts.flat());
  const gram = gramOf(basis, rank, PIXELS);
  const weights = images.map((image) => positiveWeights(gram, productsOf(basis, rank, PIXELS, image)));
  const sums = weights.map((of) => mixed(parts, of));
  return { weights, sums, ...errorsOf(images, sums) };
}

/** Returns the relative error of each image, ‖x − y‖ / ‖x‖, and that of all together. */
function errorsOf(images, sums) {
  const squared = (values) => values.reduce((sum, value) => sum + value * value, 0);
  const missed = images.map((image, i) => squared(moved(image, sums[i], -1)));
  const all = images.map(squared);
  const total = (values) => values.reduce((sum, value) => sum + value, 0);
  const relative = (part, whole) => {
    const error = Math.sqrt(part / whole);
    return error < ROUNDED ? 0 : error;
  };
  return { errors: missed.map((of, i) => relative(of, all[i])), error: relative(total(missed), total(all)) };
}

/** Returns the mean and axes of a PCA, and the error of the images reconstructed from the mean and the first of the axes. */
export function principal(images, count) {
  const { mean, axes } = principalAxes(images);
  const sums = images.map((image) => {
    const centred = moved(image, mean, -1);
    return axes.slice(0, count).reduce((sum, { direction }) => moved(sum, direction, dotOf(centred, direction)), mean);
  });
  return { mean, axes: axes.slice(0, count), sums, ...errorsOf(images, sums) };
}

function dotOf(a, b) {
  return a.reduce((sum, value, p) => sum + value * b[p], 0);
}

/** Returns the parts after an iteration: the best non-negative ones for the best non-negative weights of the images. */
export function improved(images, parts, { weights }) {
  const [rank, count] = [parts.length, images.length];
  const columns = Float64Array.from({ length: rank * count }, (_, i) => weights[i % count][Math.floor(i / count)]);
  const gram = gramOf(columns, rank, count);
  const pixels = [0, 1, 2].map((p) => {
    const values = images.map((image) => image[p]);
    return positiveWeights(gram, productsOf(columns, rank, count, values));
  });
  // A part that no image uses stays where it is.
  return parts.map((part, a) => scaledToOne(pixels.map((of) => of[a])) ?? part);
}

/** Checks whether an iteration from one error to the next was the last one. */
export function hasConverged(before, after) {
  return before - after <= CONVERGED * before;
}
