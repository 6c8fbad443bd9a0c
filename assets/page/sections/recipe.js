// The recipe of the chosen image by each method: a slider and a switch per term, and their sum.

import { addTerm, reconstruct, relativeError } from "../run/algebra.js";
import { atNextFrame, count, figure, make, panelOf, percent, pictured } from "../drawing/dom.js";
import { imageOf, knownOf } from "../run/data.js";
import { largest, paintGrey, paintImage, paintSigned, paintSum, whiteOf } from "../drawing/paint.js";
import { change, inFocus, onChange, state } from "../run/state.js";

const BETWEEN_TERMS = 450;

/** Starts the recipe of each method; returns the recipes by the kind of their basis images. */
export function startRecipes(run) {
  const recipes = {};
  for (const kind of Object.values(run.kinds)) recipes[kind.units] = new Recipe(run, kind, panelOf(kind, "recipe"));
  onChange((changed) => {
    for (const recipe of Object.values(recipes)) {
      if (changed.has("image")) recipe.take(state.image);
      if (changed.has("image") || changed.has("focus") || changed.has("kept")) recipe.mark();
    }
  });
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
    this.soon = atNextFrame(() => this.draw());
    this.most = Float64Array.from({ length: kind.rank }, (_, index) => this.mostOf(index));
    this.rows = Array.from({ length: kind.rank }, (_, index) => this.row(index));
    panel.append(...this.head(), ...this.list());
  }

  /** Returns the largest magnitude of a weight in any image. */
  mostOf(index) {
    let most = 0;
    for (let image = 0; image < this.run.count; image++) most = Math.max(most, Math.abs(this.kind.weight(image, index)));
    return most || 1;
  }

  head() {
    const { name, units, signed } = this.kind;
    const picture = (caption, id) => pictured(caption, { id: `${id}-${this.kind.units}` });
    this.original = picture("the image", "original");
    this.sum = picture(`sum of ${units}`, "sum");
    this.lost = signed ? picture("cancelled intensity", "lost") : null;
    const third = this.lost?.whole ?? make("p", { className: "what" }, `Nothing cancels: ${units} are only added.`);
    this.readout = make("p", { className: "readout", id: `readout-${this.kind.units}`, "aria-live": "polite" });
    this.build = make("button", { type: "button", id: `build-${this.kind.units}` }, "Build up");
    this.next = make("button", { type: "button", id: `next-${this.kind.units}` }, "Add the next");
    this.back = make("button", { type: "button", id: `back-${this.kind.units}` }, "Restore all");
    this.build.addEventListener("click", () => this.buildUp());
    this.next.addEventListener("click", () => this.addNext());
    this.back.addEventListener("click", () => this.restore());
    this.steps = make("div", { className: "steps", "aria-hidden": "true" });
    const stepsName = make("p", { className: "what" }, "Relative error after each term:");
    return [
      make("h3", {}, `${name}: ${signed ? "the mean, plus and minus" : "additions only"}`),
      make("div", { className: "trio" }, this.original.whole, this.sum.whole, third),
      this.readout,
      make("div", { className: "row" }, this.build, this.next, this.back),
      stepsName,
      this.steps,
    ];
  }

  list() {
    this.scale = make("p", { className: "what" });
    this.terms = make("ul", { className: "terms", "aria-label": `Terms: weight times ${this.kind.unit}`, tabIndex: 0 });
    return [this.scale, this.terms];
  }

  row(index) {
    const { kind, run } = this;
    const name = `${kind.unit} ${index}`;
    const canvas = make("canvas");
    const most = 1.5 * this.most[index];
    const slider = make("input", {
      type: "range", min: kind.signed ? -most : 0, max: most, step: "any", "aria-label": `Weight of ${name}`,
    });
    if (kind.signed) slider.className = "signed";
    const number = make("output", {}, "");
    const share = make("span", { className: "share" });
    const on = make("input", { type: "checkbox", checked: true, "aria-label": `Use ${name}` });
    const item = make("li", { "data-index": index }, canvas, make("span", { className: "term" }, name), slider, number, share, on);
    slider.addEventListener("input", () => this.set(index, Number(slider.value), on.checked));
    on.addEventListener("change", () => this.set(index, this.weights[index], on.checked));
    item.addEventListener("pointerenter", () => change({ focus: { kind: kind.units, index } }));
    item.addEventListener("pointerleave", () => change({ focus: null }));
    return { item, slider, number, share, on, canvas };
  }

  /** Shows the recipe of an image with its fitted weights. */
  take(image) {
    this.stop();
    this.at = image;
    this.showScale(termLimit(this.run.kinds, image));
    this.image = imageOf(this.run, image);
    this.known = knownOf(this.run, image);
    this.limit = whiteOf(this.run, this.image);
    this.learned = Float64Array.from({ length: this.kind.rank }, (_, index) => this.kind.weight(image, index));
    const intensity = (index) => this.kind.intensity[index] * Math.abs(this.learned[index]);
    this.order = Array.from({ length: this.kind.rank }, (_, index) => index).sort((a, b) => intensity(b) - intensity(a) || a - b);
    this.totalIntensity = this.order.reduce((sum, index) => sum + intensity(index), 0) || 1;
    this.terms.replaceChildren(...this.order.map((index) => this.rows[index].item));
    paintImage(this.original.canvas, this.image, this.known, this.run.width, this.limit);
    if (this.lost) {
      this.lostLimit = largest(this.cancelled(this.learned).lost);
      this.lost.caption.textContent = `cancelled intensity: white = ${figure(this.lostLimit)} per pixel`;
    }
    this.restore();
  }

  /** States the scale that all terms of the image share. */
  showScale(limit) {
    this.limitOfTerms = limit;
    const ends = this.kind.signed ? `red = +${figure(limit)}, blue = \u2212${figure(limit)}` : `black = 0, white = ${figure(limit)}`;
    this.scale.textContent = `One scale of intensity per pixel for the terms of every method: ${ends}.`;
  }

  restore() {
    this.stop();
    this.weights = Float64Array.from(this.learned);
    this.uses = new Array(this.kind.rank).fill(true);
    this.steps.replaceChildren();
    this.showAll();
  }

  set(index, weight, isOn) {
    this.stop();
    const before = this.uses[index] ? this.weights[index] : 0;
    const after = isOn ? weight : 0;
    this.weights[index] = weight;
    this.uses[index] = isOn;
    addTerm(this.reconstructed, this.kind.basis, index, after - before);
    this.showRow(index);
    this.soon();
  }

  showAll() {
    this.reconstructed = reconstruct(this.kind.basis, this.inUse(), this.run.pixels, this.mean);
    for (const index of this.order) this.showRow(index);
    this.draw();
  }

  inUse() {
    return this.weights.map((weight, index) => (this.uses[index] ? weight : 0));
  }

  showRow(index) {
    this.showTerm(index);
    const { slider, number, share, on, item } = this.rows[index];
    share.textContent = percent((this.kind.intensity[index] * Math.abs(this.learned[index])) / this.totalIntensity, 0);
    slider.value = this.weights[index];
    slider.setAttribute("aria-valuetext", figure(this.weights[index]));
    number.textContent = figure(this.weights[index]);
    on.checked = this.uses[index];
    item.classList.toggle("off", !this.uses[index]);
    item.classList.toggle("unused", this.weights[index] === 0);
  }

  /** Draws the term as it contributes, on the scale of all terms. */
  showTerm(index) {
    const paint = this.kind.signed ? paintSigned : paintGrey;
    paint(this.rows[index].canvas, this.kind.basisImage(index), this.run.width, this.limitOfTerms / this.weights[index]);
  }

  draw() {
    const { reconstructed, run, limit } = this;
    paintSum(this.sum.canvas, reconstructed, run.width, limit);
    this.next.disabled = this.steps.childElementCount > 0 && !this.hasNext();
    const isWhole = this.isWhole();
    this.error = isWhole ? this.kind.errors[this.at] : relativeError(this.image, reconstructed, this.known);
    const terms = this.uses.filter((isOn, index) => isOn && this.weights[index] !== 0).length;
    const mean = this.mean ? "The mean and " : "";
    const reduced = !isWhole && run.reduced > 1 ? ` at ${run.width}x${run.height}` : "";
    const used = `${mean}${count(terms, this.kind.unit)}: relative error ${percent(this.error)}${reduced}.`;
    this.readout.textContent = this.lost ? `${used} ${this.showLost(isWhole)}` : used;
  }

  /** Draws the intensity that cancels, and returns the sentence on its fraction. */
  showLost(isWhole) {
    const { lost, share } = this.cancelled(this.inUse());
    paintGrey(this.lost.canvas, lost, this.run.width, this.lostLimit);
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

  clear() {
    this.weights = Float64Array.from(this.learned);
    this.uses = new Array(this.kind.rank).fill(false);
    this.steps.replaceChildren();
    this.showAll();
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
    addTerm(this.reconstructed, this.kind.basis, index, this.weights[index]);
    this.showRow(index);
    const bar = make("i");
    this.steps.append(bar);
    this.draw();
    bar.title = `${this.kind.unit} ${index}: ${percent(this.error)}`;
    bar.style.height = `${Math.min(100, 100 * this.error)}%`;
    change({ focus: { kind: this.kind.units, index } });
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.build.textContent = "Build up";
  }

  /** Highlights the term that is pointed at. */
  mark() {
    const focus = inFocus(this.kind.units);
    for (const [index, { item }] of this.rows.entries()) item.classList.toggle("lit", focus?.index === index);
  }
}
