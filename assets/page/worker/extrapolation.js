// Steps that begin beyond the last one, as in the library's HALS: A. M. S. Ang, N. Gillis, Accelerating nonnegative matrix
// factorization algorithms using extrapolation, 2019.

import { gramOf } from "./products.js";

/** The first β, its growth while the objective falls, its divisor when it rises, and the growth of the bound on β. */
const FIRST_BETA = 0.5;
const GROWTH = 1.01;
const CUT = 1.5;
const BOUND_GROWTH = 1.005;

export class Extrapolation {
  constructor(fit) {
    Object.assign(this, { fit, beta: FIRST_BETA, bound: 1, objective: Infinity, before: null });
  }

  /** Moves both factors on by β of their last change, but not below 0; leaves them as they are where the objective has risen. */
  move() {
    const { fit, before } = this;
    const now = { basis: fit.basis.slice(), weights: fit.weights.slice() };
    const hasRisen = fit.objective > this.objective;
    if (hasRisen) [this.bound, this.beta] = [this.beta, this.beta / CUT];
    else [this.beta, this.bound] = [Math.min(GROWTH * this.beta, this.bound), Math.min(BOUND_GROWTH * this.bound, 1)];
    if (before && !hasRisen) {
      for (const name of ["basis", "weights"]) moveOn(fit[name], before[name], this.beta);
      fit.weightsGram = gramOf(fit.weights, fit.table.count);
    }
    Object.assign(this, { objective: fit.objective, before: now });
  }
}

function moveOn(factor, before, beta) {
  for (let i = 0; i < factor.length; i++) factor[i] = Math.max(0, factor[i] + beta * (factor[i] - before[i]));
}
