// Any image rebuilt by both methods: the weights of 0 or more that fit best, and the scores that fit best.

import { freeWeights, gramOf, positiveWeights, productsOf, rebuild } from "./algebra.js";

/** What is left of a basis image below this share of its square is rounding: nothing of it is seen. */
const UNSEEN = 1e-12;

export class Solver {
  constructor(run) {
    this.run = run;
    this.grams = { parts: null, eigenimages: null };
  }

  /** Weights and the rebuilt image; only pixels that are `seen` count (all without it). */
  parts(image, seen = null) {
    const { parts, rank, pixels } = this.run;
    const weights = positiveWeights(this.gram("parts", rank, seen), productsOf(parts, rank, pixels, image, seen));
    return { weights, rebuilt: rebuild(parts, weights, pixels) };
  }

  /** Scores and the rebuilt image. */
  eigenimages(image, seen = null) {
    const { eigenimages, mean, pixels } = this.run;
    const rank = eigenimages.length / pixels;
    const rest = image.map((value, p) => value - mean[p]);
    const weights = freeWeights(this.gram("eigenimages", rank, seen), productsOf(eigenimages, rank, pixels, rest, seen));
    return { weights, rebuilt: rebuild(eigenimages, weights, pixels, mean) };
  }

  /** The Gram matrix over the pixels that are seen: from these, or from all less the others, whichever are fewer. */
  gram(kind, rank, seen) {
    const { [kind]: basis, pixels } = this.run;
    const all = (this.grams[kind] ??= gramOf(basis, rank, pixels));
    if (!seen) return all;
    const others = seen.map((is) => 1 - is);
    if (others.reduce((sum, is) => sum + is, 0) > pixels / 2) return gramOf(basis, rank, pixels, seen);
    const hidden = gramOf(basis, rank, pixels, others);
    const rest = all.map((value, i) => value - hidden[i]);
    for (let l = 0, i = 0; l < rank; l++, i += rank + 1) if (rest[i] < UNSEEN * all[i]) rest[i] = 0;
    return rest;
  }
}
