// A fit of X ≈ W H: the factors, their iterations, and the error.

import { gramOf, inner, multiply, rowsOf } from "./products.js";
import { leastSquares, multiplicative, overlapOf, withOverlap } from "./rules.js";
import { liftZeros, randomImages } from "./start.js";
import { fillUnknown, residualOf } from "./table.js";

/** Below this fraction of ‖X‖², too few digits of the squared error are left by the identity, and residuals are summed. */
const CANCELLED = 1e-3;

export class Fit {
  /**
   * `rule` is "hals" or "mu"; `start` has the rows of W and H, one per part, for a start that is not random. `bounded`
   * and `overlap` can change at any time.
   */
  constructor(table, { rank, seed, rule, bounded = true, overlap = 0, start = null }) {
    Object.assign(this, { table, rank, rule, bounded, overlap, iteration: 0, revivals: rank });
    const { count, width } = table;
    const rows = rowsOf(rank);
    this.weights = new Float32Array(rows * count);
    this.weightProducts = new Float32Array(rows * count);
    this.basisProducts = new Float32Array(rows * width);
    this.basis = start ? new Float32Array(rows * width) : randomImages(table, rank, seed);
    if (start) {
      this.weights.set(start.weights);
      for (let l = 0, to = 0; l < rank; l++) for (const p of table.lit) this.basis[to++] = start.basis[l * table.pixels + p];
    } else if (rule === "mu") {
      this.weights.fill(liftZeros(table, this.basis, rank), 0, rank * count);
    }
    this.basisGram = gramOf(this.basis, width);
  }

  /** Improves the parts, except in the first iteration, and then the weights; returns the relative error. */
  iterate() {
    const { table, basis, weights } = this;
    if (this.iteration > 0) {
      fillUnknown(table, weights, basis);
      multiply(this.basisProducts, weights, table.byPixel, table.width, table.count);
      const gram = this.isPenalised ? withOverlap(this.weightsGram, this.overlap) : this.weightsGram;
      this.improve(basis, this.basisProducts, gram, table.width);
      this.revive();
    }
    this.basisGram = gramOf(basis, table.width);
    fillUnknown(table, weights, basis);
    multiply(this.weightProducts, basis, table.byImage, table.count, table.width);
    this.improve(weights, this.weightProducts, this.basisGram, table.count);
    this.weightsGram = gramOf(weights, table.count);
    this.iteration++;
    this.squaredError = this.measure();
    return Math.sqrt(this.squaredError / table.squaredNorm);
  }

  /** Returns whether overlap is penalised: only least squares with a bound has the penalty. */
  get isPenalised() {
    return this.overlap > 0 && this.bounded && this.rule === "hals";
  }

  /** Returns the value that the rule makes small; null before the first iteration. */
  get objective() {
    if (this.iteration === 0) return null;
    const penalty = this.isPenalised ? this.overlap * overlapOf(this.weightsGram, this.basisGram) : 0;
    return 0.5 * this.squaredError + penalty;
  }

  improve(factor, products, gram, width) {
    if (this.rule === "mu") multiplicative(factor, products, gram, width, this.table.brightness);
    else leastSquares(factor, products, gram, width, this.bounded ? 0 : -Infinity);
  }

  /** Returns ‖X − W H‖² over the known pixels. */
  measure() {
    const { table, weights } = this;
    if (!table.unknown) {
      const product = inner(this.weightsGram, this.basisGram);
      const squared = table.squaredNorm - 2 * inner(weights, this.weightProducts) + product;
      if (squared >= CANCELLED * table.squaredNorm) return squared;
    }
    // Unknown pixels that are filled with the product have no residual.
    fillUnknown(table, weights, this.basis);
    return this.squares().reduce((sum, square) => sum + square, 0);
  }

  /** Returns the squared error of each image. */
  squares() {
    const { table, weights, basis } = this;
    return Array.from({ length: table.count }, (_, i) => {
      const residual = residualOf(table, weights, basis, i);
      return inner(residual, residual);
    });
  }

  /** Replaces a part that is 0 or that no image uses by what is missing in the image with the largest error. */
  revive() {
    const { table, rank, weights, basis } = this;
    if (this.rule === "mu" || !this.bounded || this.revivals === 0) return;
    const isZero = (factor, width, l) => !factor.subarray(l * width, (l + 1) * width).some((value) => value !== 0);
    const all = Array.from({ length: rank }, (_, l) => l);
    const dead = all.find((l) => isZero(weights, table.count, l) || isZero(basis, table.width, l));
    if (dead === undefined) return;
    weights.fill(0, dead * table.count, (dead + 1) * table.count);
    const squares = this.squares();
    const residual = residualOf(table, weights, basis, squares.indexOf(Math.max(...squares)));
    basis.set(residual.map((value) => Math.max(0, value)), dead * table.width);
    this.revivals--;
  }
}
