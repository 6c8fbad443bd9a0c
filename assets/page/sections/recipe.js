// The recipe of the chosen image by each method: its terms and their sum.

import { reconstruct, relativeError } from "../run/algebra.js";
import { atNextFrame, count, errorText, figure, make, panelOf, percent, pictured } from "../drawing/dom.js";
import { imageOf, knownOf } from "../run/data.js";
import { paintImage, paintSum, whiteOf } from "../drawing/paint.js";
import { whenSeen } from "../drawing/seen.js";
import { change, inFocus, onChange, state } from "../run/state.js";
import { Terms } from "./terms.js";

const BETWEEN_TERMS = 450;

/** Starts the recipe of each method; returns the recipes by the kind of their basis images. */
export function startRecipes(run) {
  const recipes = {};
  for (const kind of Object.values(run.kinds)) recipes[kind.units] = new Recipe(run, kind, panelOf(kind, "recipe"));
  onChange((changed) => {
    for (const recipe of Object.values(recipes)) {
      if (changed.has("image")) recipe.take(state.image);
      else if (changed.has("focus") || changed.has("kept")) recipe.mark();
    }
  });
  run.signal.addEventListener("abort", () => Object.values(recipes).forEach((recipe) => recipe.stop()));
  return recipes;
}

/** Returns the largest magnitude of a term of any method in an image: where the scale of all its terms ends. */
function termLimit(kinds, image) {
  let most = 0;
  for (const kind of Object.values(kinds)) {
    for (let index = 0; index < kind.rank; index++) most = Math.max(most, Math.abs(kind.weight(image, index)) * kind.most(index));
  }
  return most || 1;
}

class Recipe {
  constructor(run, kind, panel) {
    Object.assign(this, { run, kind, mean: kind.mean });
    this.redraw = whenSeen(run, panel, () => this.draw());
    this.soon = atNextFrame(this.redraw);
    this.terms = new Terms(run, kind, (index, weight, isOn) => this.set(index, weight, isOn));
    const title = make("h3", {}, `${kind.name}: ${kind.signed ? "the mean, plus and minus" : "additions only"}`);
    panel.append(title, make("div", { className: "recipe" }, this.sums(), make("div", {}, ...this.terms.whole)));
  }

  /** Returns the pictures with the buttons below them. */
  sums() {
    const { units, signed } = this.kind;
    const picture = (caption, id) => pictured(caption, { id: `${id}-${this.kind.units}` });
    this.original = picture("the image", "original");
    this.sum = picture(`sum of ${units}, same scale`, "sum");
    this.lost = signed ? picture("cancelled intensity, same scale; yellow: above white", "lost") : null;
    const third = this.lost?.whole ?? make("p", { className: "what" }, `Nothing cancels: ${units} are only added.`);
    this.readout = make("p", { className: "readout", id: `readout-${this.kind.units}`, "aria-live": "polite" });
    this.build = make("button", { type: "button", id: `build-${this.kind.units}` }, "Build up");
    this.next = make("button", { type: "button", id: `next-${this.kind.units}` }, "Add the next");
    this.back = make("button", { type: "button", id: `back-${this.kind.units}` }, "Restore all");
    this.build.addEventListener("click", () => this.buildUp());
    this.next.addEventListener("click", () => this.addNext());
    this.back.addEventListener("click", () => this.restore());
    this.steps = make("div", { className: "steps", "aria-hidden": "true" });
    const stepsName = make("span", { className: "what" }, "relative error after each term:");
    return make(
      "div",
      {},
      make("div", { className: "trio" }, this.original.whole, this.sum.whole, third),
      this.readout,
      make("div", { className: "row" }, this.build, this.next, this.back, make("div", { className: "built" }, stepsName, this.steps)),
    );
  }

  /** Takes an image with its fitted weights; it is drawn once the recipe is in sight. */
  take(image) {
    const { run, kind } = this;
    Object.assign(this, { at: image, image: imageOf(run, image), known: knownOf(run, image), isNew: true });
    this.limit = whiteOf(run, this.image);
    this.learned = Float64Array.from({ length: kind.rank }, (_, index) => kind.weight(image, index));
    this.intensity = this.learned.map((weight, index) => kind.intensity[index] * Math.abs(weight));
    const { intensity } = this;
    this.order = Array.from({ length: kind.rank }, (_, index) => index).sort((a, b) => intensity[b] - intensity[a] || a - b);
    this.totalIntensity = intensity.reduce((sum, value) => sum + value, 0) || 1;
    this.restore();
  }

  restore() {
    this.begin(true);
  }

  clear() {
    this.begin(false);
  }

  /** Starts with all terms, or with none. */
  begin(isOn) {
    this.stop();
    this.weights = Float64Array.from(this.learned);
    this.uses = new Array(this.kind.rank).fill(isOn);
    this.steps.replaceChildren();
    this.stale = new Set(this.order);
    this.redraw();
  }

  set(index, weight, isOn) {
    this.stop();
    this.weights[index] = weight;
    this.uses[index] = isOn;
    this.stale.add(index);
    this.soon();
  }

  inUse() {
    return this.weights.map((weight, index) => (this.uses[index] ? weight : 0));
  }

  reconstructed() {
    return reconstruct(this.kind.basis, this.inUse(), this.run.pixels, this.mean);
  }

  /** Returns the relative error of the sum: that of the report for all terms with their fitted weights. */
  get error() {
    return this.isWhole() ? this.kind.errors[this.at] : relativeError(this.image, this.reconstructed(), this.known);
  }

  draw() {
    const { run, limit } = this;
    if (this.isNew) this.drawImage();
    for (const index of this.stale) {
      this.terms.show(index, this.weights[index], this.uses[index], this.intensity[index] / this.totalIntensity);
    }
    this.stale.clear();
    this.mark();
    paintSum(this.sum.canvas, this.reconstructed(), run.width, limit);
    this.next.disabled = this.steps.childElementCount > 0 && !this.hasNext();
    const isWhole = this.isWhole();
    const terms = this.uses.filter((isOn, index) => isOn && this.weights[index] !== 0).length;
    const mean = this.mean ? "The mean and " : "";
    const reduced = !isWhole && run.reduced > 1 ? ` at ${run.width}x${run.height}` : "";
    const used = `${mean}${count(terms, this.kind.unit)}: relative error ${errorText(this.error)}${reduced}.`;
    this.readout.textContent = this.lost ? `${used} ${this.showLost(isWhole)}` : used;
  }

  /** Draws what depends on the image alone. */
  drawImage() {
    const { run } = this;
    this.isNew = false;
    this.terms.take(this.order, termLimit(run.kinds, this.at));
    paintImage(this.original.canvas, this.image, this.known, run.width, this.limit);
    this.original.caption.textContent = `the image: white = ${figure(this.limit)}`;
  }

  /** Draws the intensity that cancels, and returns the sentence on its fraction. */
  showLost(isWhole) {
    const { lost, share } = this.cancelled(this.inUse());
    paintSum(this.lost.canvas, lost, this.run.width, this.limit);
    return `${percent(isWhole ? this.kind.cancelled[this.at] : share)} of the intensity of all terms cancels.`;
  }

  /** Returns whether this is the sum of all terms with their fitted weights. */
  isWhole() {
    return this.uses.every(Boolean) && this.weights.every((weight, index) => weight === this.learned[index]);
  }

  /** Returns how much of the magnitude of the terms does not remain in their sum, per pixel, and its fraction of all: 1 − Σ |sum| / Σ |terms|. */
  cancelled(weights) {
    const { pixels } = this.run;
    const lost = new Float32Array(pixels);
    const sum = new Float64Array(pixels);
    for (let p = 0; this.mean && p < pixels; p++) lost[p] = Math.abs(sum[p] = this.mean[p]);
    for (let index = 0; index < weights.length; index++) {
      const weight = weights[index];
      if (weight === 0) continue;
      for (let p = 0, i = index * pixels; p < pixels; p++, i++) {
        const term = weight * this.kind.basis[i];
        sum[p] += term;
        lost[p] += Math.abs(term);
      }
    }
    let [all, gone] = [0, 0];
    for (let p = 0; p < pixels; p++) {
      all += lost[p];
      lost[p] = Math.max(0, lost[p] - Math.abs(sum[p]));
      gone += lost[p];
    }
    return { lost, share: all > 0 ? gone / all : 0 };
  }

  /** Builds the sum up from nothing, one term after the other. */
  buildUp() {
    if (this.timer) return this.stop();
    this.clear();
    this.build.textContent = "Pause";
    this.timer = setInterval(() => {
      if (!this.hasNext()) return this.stop();
      return this.addTermNow();
    }, BETWEEN_TERMS);
    return undefined;
  }

  addNext() {
    this.stop();
    if (this.steps.childElementCount === 0) this.clear();
    this.addTermNow();
  }

  nextTerm() {
    return this.order.find((index) => !this.uses[index] && this.learned[index] !== 0);
  }

  hasNext() {
    return this.nextTerm() !== undefined;
  }

  addTermNow() {
    const index = this.nextTerm();
    if (index === undefined) return;
    this.uses[index] = true;
    const bar = make("i", { title: `${this.kind.unit} ${index}: ${errorText(this.error)}` });
    bar.style.height = `${Math.min(100, 100 * this.error)}%`;
    this.steps.append(bar);
    this.stale.add(index);
    this.redraw();
    change({ focus: { kind: this.kind.units, index } });
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.build.textContent = "Build up";
  }

  /** Highlights the term that is pointed at. */
  mark() {
    this.terms.mark(inFocus(this.kind.units)?.index);
  }
}
