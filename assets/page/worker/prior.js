// What a method knows of an image before it sees one: a twin of the library's `Prior`, as the terms that `addPrior` adds. The
// formulas and their reasons are in `src/projection/prior.rs` and `estimate.rs`.

import { evenlySpaced } from "./figures.js";
import { inner } from "./products.js";

const PRIOR_RIDGE = 1e-4;
const LEAST_DEVIATION = 1e-3;
const LEAST_NOISE = 1e-8;
const SPREAD = 1e-3;
/** Rests are those of evenly spaced images: as many as have this number of values, within these limits. */
const RESTS = 2 ** 21;
const [FEWEST_RESTS, MOST_RESTS] = [8, 128];

/** Returns ν C⁻¹, ν C⁻¹ w̄ and the fraction of the rest on each column of the table. */
export function priorOf(table, learned) {
  const { count, width, pixels } = table;
  const { mean, covariance } = momentsOf(learned.weights, count, learned.rank);
  const most = Math.min(MOST_RESTS, Math.max(FEWEST_RESTS, Math.floor(RESTS / pixels)));
  const chosen = evenlySpaced(count, most);
  const rests = chosen.map((i) => restOf(table, learned, i));
  const squares = chosen.map((i) => squareOf(table.byImage.subarray(i * width, (i + 1) * width)));
  const meanSquare = squares.reduce((sum, square) => sum + square, 0) / squares.length;
  const precision = precisionOf(mean, covariance, noiseOf(rests, pixels, meanSquare));
  const rank = mean.length;
  const pull = mean.map((_, a) => mean.reduce((sum, value, b) => sum + precision[a * rank + b] * value, 0));
  return { precision: Float32Array.from(precision), pull: Float32Array.from(pull), rest: restByPixel(rests, table) };
}

const squareOf = (values) => inner(values, values);

/** Returns the mean and the covariance of the weights of all images. */
function momentsOf(weights, count, rank) {
  const mean = new Float64Array(rank);
  const covariance = new Float64Array(rank * rank);
  for (let i = 0; i < count; i++) {
    const row = weights.subarray(i * rank, (i + 1) * rank);
    for (let a = 0; a < rank; a++) {
      mean[a] += row[a] / count;
      for (let b = 0; b < rank; b++) covariance[a * rank + b] += (row[a] * row[b]) / count;
    }
  }
  return { mean, covariance: covariance.map((value, at) => value - mean[Math.floor(at / rank)] * mean[at % rank]) };
}

/** Returns what the terms leave of image `i`. */
function restOf({ byImage, width }, { basis, weights, mean = null, rank }, i) {
  const rest = Float64Array.from(byImage.subarray(i * width, (i + 1) * width), (value, p) => value - (mean ? mean[p] : 0));
  for (let l = 0; l < rank; l++) {
    const weight = weights[i * rank + l];
    if (weight !== 0) for (let p = 0, at = l * width; p < width; p++, at++) rest[p] -= weight * basis[at];
  }
  return rest;
}

/** Returns the variance of the rest in a direction in which it varies, Σ λ² / Σ λ over the eigenvalues of its covariance. */
function noiseOf(rests, pixels, meanSquare) {
  const square = rests.reduce((sum, rest) => sum + squareOf(rest), 0) / rests.length;
  let ofOthers = 0;
  for (let i = 0; i < rests.length; i++) for (let j = 0; j < i; j++) ofOthers += 2 * inner(rests[i], rests[j]) ** 2;
  const pairs = rests.length * (rests.length - 1);
  const ofPairs = pairs > 0 && square > 0 ? ofOthers / pairs / square : 0;
  return Math.max(ofPairs, square / pixels, LEAST_NOISE * meanSquare);
}

function precisionOf(mean, covariance, noise) {
  const rank = mean.length;
  const inverses = deviationsOf(mean, covariance).map((deviation) => (deviation > 0 ? 1 / deviation : 0));
  const correlation = covariance.map((value, at) => value * inverses[Math.floor(at / rank)] * inverses[at % rank]);
  // A weight that does not vary, or not beyond the smallest deviation, has a variance of 1 here.
  for (let a = 0; a < rank; a++) correlation[a * rank + a] = Math.max(1, correlation[a * rank + a]) + PRIOR_RIDGE;
  return inverseOf(correlation, rank).map((value, at) => value * noise * inverses[Math.floor(at / rank)] * inverses[at % rank]);
}

function deviationsOf(mean, covariance) {
  const rank = mean.length;
  const measured = mean.map((_, a) => Math.sqrt(Math.max(0, covariance[a * rank + a])));
  const largest = Math.max(...measured);
  return measured.map((deviation, a) => {
    if (deviation === 0 && mean[a] === 0) return 0;
    return Math.max(deviation, LEAST_DEVIATION * Math.max(Math.abs(mean[a]), LEAST_DEVIATION * largest));
  });
}

/** Returns the inverse of a positive definite matrix, by elimination. */
function inverseOf(matrix, size) {
  const left = Float64Array.from(matrix);
  const right = Float64Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = 1 / left[pivot * size + pivot];
    for (let column = 0; column < size; column++) {
      left[pivot * size + column] *= scale;
      right[pivot * size + column] *= scale;
    }
    for (let line = 0; line < size; line++) {
      const factor = left[line * size + pivot];
      if (line === pivot || factor === 0) continue;
      for (let column = 0; column < size; column++) {
        left[line * size + column] -= factor * left[pivot * size + column];
        right[line * size + column] -= factor * right[pivot * size + column];
      }
    }
  }
  return right;
}

/** Returns the fraction of the squared rests on each pixel, a small part of it spread evenly. */
function restByPixel(rests, { lit, pixels }) {
  const squares = new Float64Array(pixels);
  for (const rest of rests) for (const [column, value] of rest.entries()) squares[lit[column]] += value ** 2;
  const all = squares.reduce((sum, square) => sum + square, 0);
  const spread = all > 0 ? SPREAD : 1;
  return Float32Array.from(squares, (square) => (all > 0 ? ((1 - spread) * square) / all : 0) + spread / pixels);
}
