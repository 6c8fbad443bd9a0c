// The update rules: twins of the library's `Hals::plain()`, with its penalty on overlap, and of its multiplicative updates for
// the squared error. Each improves one factor, given the products of X with the other one and the Gram matrix of that one.

import { combine } from "./products.js";

/** Values that a multiplicative update brings below this fraction of the root of the brightness become 0. */
const NEGLIGIBLE = 2 ** -52;

/**
 * Hierarchical alternating least squares, one sweep: each row of the factor in turn becomes the best one with all others fixed.
 * `least` is the lowest value allowed: 0, or -Infinity without a bound.
 */
export function leastSquares(factor, products, gram, width, least) {
  const rows = factor.length / width;
  const sum = new Float32Array(width);
  for (let l = 0, at = 0; l < rows; l++, at += width) {
    const square = gram[l * rows + l];
    if (square === 0) continue;
    combine(sum, gram, l * rows, factor, width);
    for (let i = 0; i < width; i++) {
      factor[at + i] = Math.max(least, factor[at + i] + (products[at + i] - sum[i]) / square);
    }
  }
}

/** Multiplicative updates: each value is multiplied by the quotient of two sums, all at once. A value of 0 stays 0. */
export function multiplicative(factor, products, gram, width, brightness) {
  const rows = factor.length / width;
  const least = NEGLIGIBLE * Math.sqrt(brightness);
  const denominators = new Float32Array(factor.length);
  for (let l = 0; l < rows; l++) combine(denominators.subarray(l * width, (l + 1) * width), gram, l * rows, factor, width);
  for (let i = 0; i < factor.length; i++) {
    const value = (factor[i] * products[i]) / denominators[i];
    factor[i] = value > least ? value : 0;
  }
}

/** Returns `gram`, that of the weights, with `strength` × ‖w_a‖ ‖w_b‖ added for every pair of parts: the penalty on overlap. */
export function withOverlap(gram, strength) {
  const rows = Math.sqrt(gram.length);
  const norms = Float64Array.from({ length: rows }, (_, a) => Math.sqrt(gram[a * rows + a]));
  return gram.map((value, i) => {
    const [a, b] = [Math.floor(i / rows), i % rows];
    return a === b ? value : value + strength * norms[a] * norms[b];
  });
}

/** Returns Σ ‖w_a‖ ‖w_b‖ ⟨h_a, h_b⟩ over all pairs of parts, from the Gram matrices of both factors. */
export function overlapOf(weights, basis) {
  const rows = Math.sqrt(basis.length);
  let sum = 0;
  for (let a = 0; a < rows; a++) {
    for (let b = 0; b < a; b++) sum += Math.sqrt(weights[a * rows + a] * weights[b * rows + b]) * basis[a * rows + b];
  }
  return sum;
}
