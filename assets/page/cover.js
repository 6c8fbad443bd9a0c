// The chosen image with some of its pixels covered: both methods fill them in from those that are seen.

import { relativeError } from "./algebra.js";
import { byId, count, percent } from "./dom.js";
import { imageOf, knownOf } from "./data.js";
import { Easel } from "./easel.js";
import { kindsOf } from "./galleries.js";
import { largest, paintCovered } from "./paint.js";
import { Result } from "./result.js";
import { onChange, state } from "./state.js";

/** A basis image counts as hidden if so much of its squared light is under the cover. */
const HIDDEN = 0.9;
/** Errors that differ by less than this share of the larger one are called equal. */
const EQUAL = 0.03;

export function startCover(run, solver) {
  const cover = new Cover(run, solver);
  onChange((changed) => changed.has("image") && cover.take());
  return cover;
}

class Cover {
  constructor(run, solver) {
    this.kinds = kindsOf(run);
    Object.assign(this, { run, solver, covered: new Uint8Array(run.pixels) });
    this.results = {
      parts: new Result(byId("cover-nmf"), run, this.kinds.parts, "NMF fills it in"),
      eigenimages: new Result(byId("cover-pca"), run, this.kinds.eigenimages, "PCA fills it in"),
    };
    const size = byId("cover-size");
    size.value = Math.max(1, Math.round(Math.min(run.width, run.height) / 5));
    this.easel = new Easel(byId("cover-easel"), run, "Image to cover", () => Number(size.value), (pixels) => this.paint(pixels));
    size.addEventListener("input", () => this.easel.showCursor());
    byId("cover-lower").addEventListener("click", () => this.coverWhere((_, y) => y >= run.height / 2));
    byId("cover-left").addEventListener("click", () => this.coverWhere((x) => x < run.width / 2));
    byId("cover-none").addEventListener("click", () => this.coverWhere(() => false));
    this.take();
  }

  take() {
    this.image = imageOf(this.run, state.image);
    this.known = knownOf(this.run, state.image);
    this.soon();
  }

  paint(pixels) {
    const covers = document.querySelector("[name=cover-brush]:checked").value === "cover";
    for (const p of pixels) this.covered[p] = covers ? 1 : 0;
    this.soon();
  }

  coverWhere(is) {
    const { width } = this.run;
    this.covered = this.covered.map((_, p) => (is(p % width, Math.floor(p / width)) ? 1 : 0));
    this.soon();
  }

  soon() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.show();
    });
  }

  show() {
    const began = performance.now();
    const { image, run, covered, known } = this;
    const limit = Math.max(run.scale, largest(image));
    paintCovered(this.easel.canvas, image, run.width, limit, covered, known);
    const hidden = covered.map((is, p) => (is && (!known || known[p]) ? 1 : 0));
    const seen = covered.map((is, p) => (!is && (!known || known[p]) ? 1 : 0));
    const isCovered = covered.includes(1);
    const guesses = {};
    for (const [kind, result] of Object.entries(this.results)) {
      const found = this.solver[kind](image, isCovered || known ? seen : null);
      const counts = isCovered ? hidden : known;
      const error = relativeError(image, found.rebuilt, counts);
      result.show(found, limit, error, isCovered ? "what is hidden" : "the image");
      guesses[kind] = { ...found, error };
    }
    byId("cover-said").textContent = isCovered ? this.verdict(guesses, hidden) : "Nothing is covered yet: paint over the image.";
    byId("cover").dataset.milliseconds = (performance.now() - began).toFixed(1);
  }

  /** Who fills better, and why, with the numbers of this image. */
  verdict({ parts, eigenimages }, hidden) {
    const share = percent(hidden.reduce((sum, is) => sum + is, 0) / this.run.pixels, 0);
    if (!Number.isFinite(parts.error)) return `${share} of the pixels are covered, and there is no light under the cover.`;
    const [nmf, pca] = [parts.error, eigenimages.error];
    const numbers = `NMF misses ${percent(nmf)} of the light under the cover, PCA ${percent(pca)}`;
    if (Math.abs(nmf - pca) < EQUAL * Math.max(nmf, pca)) return `Both guess about equally well: ${numbers}. ${this.blind(hidden)}`;
    if (pca < nmf) return `PCA guesses better here: ${numbers}. ${this.blind(hidden)}`;
    return `NMF guesses better here: ${numbers}. ${this.wild(eigenimages, hidden)}`;
  }

  /** How many basis images lie under the cover, so that nothing that is seen tells of them. */
  blind(hidden) {
    const { parts, eigenimages } = this.kinds;
    const [blind, spread] = [parts, eigenimages].map((kind) => this.hiddenOf(kind, hidden));
    const reach = `of the ${eigenimages.rank} eigenimages, which reach over the whole picture, ${spread === 0 ? "none" : spread}`;
    if (blind === 0) return `No part lies wholly under the cover, and ${reach} does: what is seen tells of all of them.`;
    const verb = blind === 1 ? "lies" : "lie";
    return `${count(blind, "part")} of ${parts.rank} ${verb} almost wholly under the cover, and nothing that is seen tells how much of ${blind === 1 ? "it" : "them"} there is; ${reach} ${spread > 1 ? "do" : "does"}.`;
  }

  hiddenOf(kind, hidden) {
    let found = 0;
    for (let index = 0; index < kind.rank; index++) {
      let [under, all] = [0, 0];
      for (const [p, value] of kind.basisImage(index).entries()) {
        all += value * value;
        if (hidden[p]) under += value * value;
      }
      if (all > 0 && under > HIDDEN * all) found++;
    }
    return found;
  }

  /** What PCA does where nobody sees it. */
  wild({ rebuilt, weights }, hidden) {
    const scores = this.solver.eigenimages(this.image).weights;
    const size = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    const growth = size(weights) / size(scores);
    const dark = rebuilt.filter((value, p) => hidden[p] && value < -0.02 * this.run.scale).length;
    const grown = growth > 1.2 ? `to fit what is seen, PCA's weights grew to ${growth.toFixed(1)} times what they are for the whole image` : "";
    const below = dark > 0 ? `it paints light below 0 on ${count(dark, "hidden pixel")}` : "";
    const facts = [grown, below].filter(Boolean).join(", and ");
    const nmf = "A sum of parts cannot do so: its weights stay at 0 or above.";
    return facts ? `${facts[0].toUpperCase()}${facts.slice(1)}. ${nmf}` : this.blind(hidden);
  }
}
