// Any image reconstructed by each method, with the weights that fit best.

import { addPrior, freeWeights, gramOf, positiveWeights, productsOf, reconstruct } from "./algebra.js";

/** A remainder of a basis image below this fraction of its sum of squares is rounding: none of it is visible. */
const UNSEEN = 1e-12;

export class Solver {
  constructor(run) {
    this.run = run;
    this.grams = {};
  }

  /**
   * Returns weights and the reconstructed image. With `seen`, only these pixels count, and weights that they leave open are
   * guessed with the prior of the method.
   */
  fit({ units, basis, rank, mean, signed, prior }, image, seen = null) {
    const { pixels } = this.run;
    const rest = mean ? image.map((value, p) => value - mean[p]) : image;
    const gram = this.gram(units, seen);
    const products = productsOf(basis, rank, pixels, rest, seen);
    if (seen && prior) addPrior(gram, products, prior, seen);
    const weights = signed ? freeWeights(gram, products) : positiveWeights(gram, products);
    return { weights, reconstructed: reconstruct(basis, weights, pixels, mean) };
  }

  /** Returns the Gram matrix over the visible pixels: from these, or from all minus the others, whichever are fewer. */
  gram(units, seen) {
    const { pixels, kinds: { [units]: { basis, rank } } } = this.run;
    const all = (this.grams[units] ??= gramOf(basis, rank, pixels));
    if (!seen) return all;
    const others = seen.map((is) => 1 - is);
    if (others.reduce((sum, is) => sum + is, 0) > pixels / 2) return gramOf(basis, rank, pixels, seen);
    const hidden = gramOf(basis, rank, pixels, others);
    const rest = all.map((value, i) => value - hidden[i]);
    for (let l = 0, i = 0; l < rank; l++, i += rank + 1) if (rest[i] < UNSEEN * all[i]) rest[i] = 0;
    return rest;
  }
}
