// The chosen image with some of its pixels covered: every method fills them in from the visible pixels.

import { relativeError } from "./algebra.js";
import { atNextFrame, byId, count, make, panelOf, percent } from "./dom.js";
import { imageOf, knownOf } from "./data.js";
import { Easel } from "./easel.js";
import { BEYOND, paintCovered, paintImage, whiteOf } from "./paint.js";
import { Result } from "./result.js";
import { onChange, state } from "./state.js";

/** A basis image counts as hidden if this fraction of its sum of squares is under the cover. */
const HIDDEN = 0.9;
/** Errors that differ by less than this fraction of the larger one count as equal. */
const EQUAL = 0.05;
/** Weights count as grown if their total intensity is this many times that for the whole image. */
const GROWN = 1.2;

export function startCover(run, solver) {
  const cover = new Cover(run, solver);
  onChange((changed) => changed.has("image") && cover.take());
  return cover;
}

class Cover {
  constructor(run, solver) {
    this.soon = atNextFrame(() => this.show());
    Object.assign(this, { run, solver, covered: new Uint8Array(run.pixels) });
    this.results = Object.values(run.kinds).map((kind) => new Result(panelOf(kind, "cover"), run, kind, `${kind.name} fills it in`));
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

  show() {
    const began = performance.now();
    const { image, run, covered, known } = this;
    const limit = whiteOf(run, image);
    paintImage(byId("cover-truth"), image, known, run.width, limit);
    paintCovered(this.easel.canvas, image, run.width, limit, covered, known);
    const hidden = covered.map((is, p) => (is && (!known || known[p]) ? 1 : 0));
    const seen = covered.map((is, p) => (!is && (!known || known[p]) ? 1 : 0));
    const isCovered = covered.includes(1);
    const guesses = [];
    for (const result of this.results) {
      const found = this.solver.fit(result.kind, image, isCovered || known ? seen : null);
      const counts = isCovered ? hidden : known;
      const error = relativeError(image, found.reconstructed, counts);
      result.show(found, limit, error, isCovered ? "the hidden pixels" : "the image");
      guesses.push({ ...found, kind: result.kind, error });
    }
    const lines = isCovered ? this.verdict(guesses, hidden) : ["Nothing is covered yet: paint over the image."];
    byId("cover-readout").replaceChildren(make("p", {}, lines[0]), make("ul", {}, ...lines.slice(1).map((words) => make("li", {}, words))));
    byId("cover").dataset.milliseconds = (performance.now() - began).toFixed(1);
  }

  /** Returns a sentence on which method is closer, and sentences with the reasons. */
  verdict(guesses, hidden) {
    const covered = hidden.reduce((sum, is) => sum + is, 0);
    if (covered === hidden.length) {
      const empty = guesses.map(({ kind }) => `${kind.name} returns ${kind.mean ? "the mean image" : "black"}`);
      return [`All pixels are covered, so there is nothing to fit: ${empty.join(", ")}.`];
    }
    const [best, next] = [...guesses].sort((a, b) => a.error - b.error);
    const share = percent(covered / hidden.length, 0);
    if (!Number.isFinite(best.error)) return [`${share} of the pixels are covered, and the image is black there.`];
    const errors = guesses.map(({ kind, error }) => `${kind.name} ${percent(error)}`);
    const numbers = `Relative error under the cover: ${errors.join(", ")}`;
    const isEqual = next.error - best.error < EQUAL * next.error;
    const better = isEqual ? "the best two are equally close" : `${best.kind.name} is better here`;
    const reasons = guesses.map((guess) => this.faults(guess, hidden)).filter(Boolean);
    const all = `Each method has ${best.kind.rank} weights to fit, and the visible pixels constrain all of them.`;
    return [`${numbers}; ${better}.`, ...(reasons.length ? reasons : [all])];
  }

  /** Returns the problems under the cover, by the same measures for every method. */
  faults({ kind, reconstructed, weights }, hidden) {
    const blind = this.hiddenOf(kind, hidden);
    const growth = totalIntensity(weights, kind) / totalIntensity(this.solver.fit(kind, this.image).weights, kind);
    const limit = whiteOf(this.run, this.image);
    const pixels = (is) => reconstructed.filter((value, p) => hidden[p] && is(value / limit)).length;
    const [below, above] = [pixels((share) => share < -BEYOND), pixels((share) => share > 1 + BEYOND)];
    const facts = [
      blind > 0 ? `${count(blind, kind.unit)} of ${kind.rank} ${blind === 1 ? "lies" : "lie"} almost entirely under the cover, so the visible pixels do not constrain ${blind === 1 ? "its weight" : "their weights"}` : "",
      growth > GROWN ? `to fit the visible pixels, its weights grew to ${growth.toFixed(1)} times their total intensity in the whole image` : "",
      below > 0 ? `it gives negative values at ${count(below, "hidden pixel")} (blue)` : "",
      above > 0 ? `it gives values above white at ${count(above, "hidden pixel")} (yellow)` : "",
    ].filter(Boolean);
    return facts.length ? `${kind.name}: ${facts.join("; ")}.` : "";
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
}

/** Returns the total magnitude of all terms. */
function totalIntensity(weights, kind) {
  return weights.reduce((sum, weight, index) => sum + Math.abs(weight) * kind.intensity[index], 0);
}
