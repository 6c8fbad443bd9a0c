// An image with some of its pixels covered: every method fills them in from the visible pixels and from what is
// usual among the images of the run. The mean image stands beside them, as the guess that knows nothing of this picture.

import { relativeError } from "../run/algebra.js";
import { atNextFrame, byId, count, errorText, make, panelOf, percent } from "../drawing/dom.js";
import { exampleOf, imageOf, knownOf } from "../run/data.js";
import { Easel } from "../drawing/easel.js";
import { BEYOND, paintCovered, paintImage, whiteOf } from "../drawing/paint.js";
import { whenSeen } from "../drawing/seen.js";
import { Result } from "./result.js";
import { packRuns, unpackRuns } from "../run/runs.js";
import { nextHeldOut, onChange } from "../run/state.js";

/** A basis image counts as hidden if this fraction of its sum of squares is under the cover. */
const HIDDEN = 0.9;
/** The sides of the first cover, as a fraction of those of the image: a tenth of its area. */
const PATCH = Math.sqrt(0.1);
/** The covers that have a button. */
const PRESETS = ["patch", "lower", "left", "none"];
/** Weights count as grown if their total intensity is this many times that for the whole image. */
const GROWN = 1.2;

const USUAL =
  "Weights that the visible pixels leave open are set to what is usual among the training images: the mean and the covariance of their weights.";

export function startCover(run, solver) {
  const cover = new Cover(run, solver);
  onChange((changed) => changed.has(run.heldOut ? "heldOut" : "image") && cover.take());
  return cover;
}

class Cover {
  constructor(run, solver) {
    this.soon = atNextFrame(whenSeen(run, byId("cover-panels"), () => this.show()));
    const mean = Object.values(run.kinds).find((kind) => kind.mean)?.mean ?? null;
    Object.assign(this, { run, solver, mean, patch: patchOf(run, mean), covered: new Uint8Array(run.pixels) });
    this.results = Object.values(run.kinds).map((kind) => new Result(panelOf(kind, "cover"), run, kind, `${kind.name} fills it in`));
    const size = byId("cover-size");
    size.value = Math.max(1, Math.round(Math.min(run.width, run.height) / 5));
    this.easel = new Easel(byId("cover-easel"), run, "Image to cover", () => Number(size.value), (pixels) => this.paint(pixels));
    size.addEventListener("input", () => this.easel.showCursor());
    byId("cover-patch").addEventListener("click", () => this.put("patch"));
    byId("cover-lower").addEventListener("click", () => this.put("lower"));
    byId("cover-left").addEventListener("click", () => this.put("left"));
    byId("cover-none").addEventListener("click", () => this.put("none"));
    const next = byId("cover-next");
    next.hidden = !run.heldOut;
    next.addEventListener("click", () => nextHeldOut(run));
    this.put("patch");
    this.take();
  }

  /** Covers the pixels of a preset. */
  put(preset) {
    const { width } = this.run;
    this.preset = preset;
    this.covered = this.covered.map((_, p) => (this.isWithin(preset, p % width, Math.floor(p / width)) ? 1 : 0));
    this.soon();
  }

  isWithin(preset, x, y) {
    const { left, top, width, height } = this.patch;
    if (preset === "patch") return x >= left && x < left + width && y >= top && y < top + height;
    if (preset === "lower") return y >= this.run.height / 2;
    return preset === "left" && x < this.run.width / 2;
  }

  /** Returns the cover as a piece of the state in the address: its preset, or its pixels after a tilde; null for the patch. */
  read() {
    if (this.preset === "patch") return null;
    return this.preset ?? `~${packRuns(this.covered)}`;
  }

  apply(text) {
    if (PRESETS.includes(text ?? "patch")) this.put(text ?? "patch");
    else {
      const covered = text.startsWith("~") ? unpackRuns(text.slice(1), this.run.pixels) : null;
      if (!covered) return `${PRESETS.join(", ")}, or the pixels of an image of this size`;
      Object.assign(this, { covered, preset: null });
      this.soon();
    }
    return "";
  }

  take() {
    const { image, known, name, kind } = exampleOf(this.run);
    Object.assign(this, { image, known });
    byId("cover-source").textContent = `This is ${name}, ${kind}.`;
    this.soon();
  }

  paint(pixels) {
    const covers = document.querySelector("[name=cover-brush]:checked").value === "cover";
    this.preset = null;
    for (const p of pixels) this.covered[p] = covers ? 1 : 0;
    this.soon();
  }

  show() {
    const began = performance.now();
    const { image, run, covered, known } = this;
    const limit = whiteOf(run, image);
    paintImage(byId("cover-truth"), image, known, run.width, limit);
    paintCovered(this.easel.canvas, image, run.width, limit, covered, known);
    if (this.mean) paintImage(byId("cover-mean"), this.mean, null, run.width, limit);
    const hidden = covered.map((is, p) => (is && (!known || known[p]) ? 1 : 0));
    const seen = covered.map((is, p) => (!is && (!known || known[p]) ? 1 : 0));
    const isCovered = covered.includes(1);
    const counted = isCovered ? hidden : known;
    const guesses = [];
    for (const result of this.results) {
      const found = this.solver.fit(result.kind, image, isCovered || known ? seen : null);
      const error = relativeError(image, found.reconstructed, counted);
      result.show(found, limit, error, isCovered ? "the hidden pixels" : "the image");
      guesses.push({ ...found, kind: result.kind, error });
    }
    const meanError = this.mean ? relativeError(image, this.mean, counted) : NaN;
    this.shown = { preset: this.preset, errors: [...guesses.map(({ kind, error }) => [kind.name, error]), ["the mean image", meanError]] };
    const lines = isCovered ? this.verdict(guesses, meanError, hidden) : ["Nothing is covered yet: paint over the image."];
    byId("cover-readout").replaceChildren(make("p", {}, lines[0]), make("ul", {}, ...lines.slice(1).map((words) => make("li", {}, words))));
    byId("cover").dataset.milliseconds = (performance.now() - began).toFixed(1);
  }

  /** Returns a sentence on which method is closest, and sentences with the reasons. */
  verdict(guesses, meanError, hidden) {
    const covered = hidden.reduce((sum, is) => sum + is, 0);
    if (covered === hidden.length) return ["All pixels are covered, so nothing is known of this picture: both methods return what is usual, nearly the mean image."];
    const share = percent(covered / hidden.length, 0);
    if (!guesses.every(({ error }) => Number.isFinite(error))) return [`${share} of the pixels are covered, and the image is black there.`];
    const errors = guesses.map(({ kind, error }) => `${kind.name} ${errorText(error)}`);
    const numbers = `Relative error under the cover: ${errors.join(", ")}, the mean image ${errorText(meanError)}`;
    const reasons = guesses.map((guess) => this.faults(guess, hidden)).filter(Boolean);
    return [`${numbers}; ${this.closest(guesses, meanError)}.`, USUAL, ...reasons];
  }

  /** Names the method whose error is below that of the mean image and of every other method by the margin, if there is one. */
  closest(guesses, meanError) {
    const isClosest = (guess) => [meanError, ...guesses.filter((other) => other !== guess).map(({ error }) => error)]
      .every((error) => guess.error <= this.run.margin * error);
    const best = guesses.find(isClosest);
    if (best) return `${best.kind.name} is closest`;
    if (guesses.every(({ error }) => error >= meanError)) return "neither is closer than the mean image, which knows nothing of this picture";
    const beatMean = guesses.every(({ error }) => error <= this.run.margin * meanError);
    return beatMean
      ? "both beat the mean image by a tenth; between them there is no clear winner (less than a tenth apart)"
      : "no method is closer by a tenth than both the mean image and the other";
  }

  /** Returns what is remarkable under the cover, by the same measures for every method. */
  faults({ kind, reconstructed, weights }, hidden) {
    const blind = this.hiddenOf(kind, hidden);
    const growth = totalIntensity(weights, kind) / totalIntensity(this.solver.fit(kind, this.image).weights, kind);
    const limit = whiteOf(this.run, this.image);
    const pixels = (is) => reconstructed.filter((value, p) => hidden[p] && is(value / limit)).length;
    const [below, above] = [pixels((share) => share < -BEYOND), pixels((share) => share > 1 + BEYOND)];
    const facts = [
      blind > 0 ? `${count(blind, kind.unit)} of ${kind.rank} ${blind === 1 ? "lies" : "lie"} almost entirely under the cover, so ${blind === 1 ? "its weight is" : "their weights are"} guessed from the others` : "",
      growth > GROWN ? `its weights grew to ${growth.toFixed(1)} times their total intensity in the whole image` : "",
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

/** Returns the place of the first cover: where the images vary most about their mean. */
function patchOf(run, mean) {
  const [width, height] = [run.width, run.height].map((side) => Math.max(1, Math.round(PATCH * side)));
  const sums = sumsOf(run, mean);
  const sum = (x, y) => sums[y * (run.width + 1) + x];
  let [best, left, top] = [-1, 0, 0];
  for (let y = 0; y + height <= run.height; y++) {
    for (let x = 0; x + width <= run.width; x++) {
      const inside = sum(x + width, y + height) - sum(x, y + height) - sum(x + width, y) + sum(x, y);
      if (inside > best) [best, left, top] = [inside, x, y];
    }
  }
  return { left, top, width, height };
}

/** Returns the sums of the squared deviations of known pixels from the mean over all pixels above and left of each place. */
function sumsOf(run, mean) {
  const { width, height, pixels, count } = run;
  const squares = new Float64Array(pixels);
  for (let index = 0; index < count; index++) {
    const known = knownOf(run, index);
    for (const [p, value] of imageOf(run, index).entries()) {
      const isUsual = (!known || known[p]) && !run.outliers?.[p];
      if (isUsual) squares[p] += (value - (mean ? mean[p] : 0)) ** 2;
    }
  }
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0, line = 0; x < width; x++) {
      line += squares[y * width + x];
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + line;
    }
  }
  return sums;
}
