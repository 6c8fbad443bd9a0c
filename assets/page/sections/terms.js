// The terms of a recipe in descending order of intensity: each with its picture, a slider for its weight and a switch.
// The Tab key stops at one of them; arrows up and down move among them.

import { figure, make, percent } from "../drawing/dom.js";
import { paintGrey, paintSigned } from "../drawing/paint.js";
import { stopAt } from "../drawing/roving.js";
import { whenSeen } from "../drawing/seen.js";
import { change } from "../run/state.js";

const HINT = "Left and right change the weight, Space switches the term, up and down move to other terms.";

export class Terms {
  /** `onMove(index, weight, isOn)` is called with each move of a slider or of a switch. */
  constructor(run, kind, onMove) {
    Object.assign(this, { run, kind, onMove, order: [] });
    this.most = Float64Array.from({ length: kind.rank }, (_, index) => this.mostOf(index));
    this.rows = Array.from({ length: kind.rank }, (_, place) => this.row(place));
    this.scale = make("p", { className: "what" });
    const hint = make("p", { className: "unseen", id: `terms-hint-${kind.units}` }, HINT);
    this.list = make("ul", { className: "terms", "aria-label": `Terms: weight times ${kind.unit}` }, ...this.rows.map(({ item }) => item));
    this.whole = [this.scale, hint, this.list];
    this.take([...this.rows.keys()], 1);
    this.stop(0);
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("focusin", ({ target }) => this.stop(this.placeOf(target)));
  }

  /** Returns the largest magnitude of a weight in any image. */
  mostOf(index) {
    let most = 0;
    for (let image = 0; image < this.run.count; image++) most = Math.max(most, Math.abs(this.kind.weight(image, index)));
    return most || 1;
  }

  /** Returns the row at a place of the order; which term is there changes with the image. */
  row(place) {
    const { kind } = this;
    const canvas = make("canvas");
    const name = make("span", { className: "term" });
    const slider = make("input", { type: "range", step: "any", "aria-describedby": `terms-hint-${kind.units}` });
    if (kind.signed) slider.className = "signed";
    const number = make("output");
    const share = make("span", { className: "share" });
    const on = make("input", { type: "checkbox", tabIndex: -1 });
    const item = make("li", {}, canvas, name, slider, number, share, on);
    const move = () => this.onMove(this.order[place], Number(slider.value), on.checked);
    slider.addEventListener("input", move);
    on.addEventListener("change", move);
    item.addEventListener("pointerenter", () => this.point(place));
    item.addEventListener("pointerleave", () => change({ focus: null }));
    const paint = whenSeen(this.run, canvas, () => this.paint(canvas, this.order[place], Number(slider.value)));
    return { item, paint, name, slider, number, share, on };
  }

  /** Draws a term as it contributes, on the scale of all terms. */
  paint(canvas, index, weight) {
    const paint = this.kind.signed ? paintSigned : paintGrey;
    paint(canvas, this.kind.basisImage(index), this.run.width, this.limit / weight);
  }

  point(place) {
    change({ focus: { kind: this.kind.units, index: this.order[place] } });
  }

  placeOf(element) {
    const item = element.closest("li");
    return this.rows.findIndex((row) => row.item === item);
  }

  stop(place) {
    stopAt(this.rows.map(({ slider }) => slider), place);
  }

  key(event) {
    const place = this.placeOf(event.target);
    const to = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: this.rows.length - 1 }[event.key];
    const isSwitched = event.key === " " && event.target === this.rows[place]?.slider;
    if (to === undefined && !isSwitched) return;
    event.preventDefault();
    if (isSwitched) this.rows[place].on.click();
    else if (to in this.rows) {
      this.rows[to].slider.focus();
      this.point(to);
    }
  }

  /** Assigns the terms of an image to the rows, in a given order; `limit` is the magnitude at which their colours end. */
  take(order, limit) {
    const { kind } = this;
    Object.assign(this, { order, limit });
    const ends = kind.signed ? `red = +${figure(limit)}, blue = \u2212${figure(limit)}` : `black = 0, white = ${figure(limit)}`;
    this.scale.textContent = `Terms of all methods on one scale: ${ends}.`;
    for (const [place, index] of order.entries()) {
      const { item, name, slider, on } = this.rows[place];
      const most = 1.5 * this.most[index];
      item.dataset.index = index;
      name.textContent = `${kind.unit} ${index}`;
      Object.assign(slider, { min: kind.signed ? -most : 0, max: most });
      slider.setAttribute("aria-label", `Weight of ${kind.unit} ${index}`);
      on.setAttribute("aria-label", `Use ${kind.unit} ${index}`);
    }
  }

  /** Shows a term with its weight and its share of the intensity of the fitted terms. */
  show(index, weight, isOn, intensity) {
    const { item, paint, slider, number, share, on } = this.rows[this.order.indexOf(index)];
    const text = figure(weight);
    share.textContent = percent(intensity, 0);
    slider.value = weight;
    slider.setAttribute("aria-valuetext", text);
    number.textContent = text;
    on.checked = isOn;
    item.classList.toggle("off", !isOn);
    item.classList.toggle("unused", weight === 0);
    paint();
  }

  /** Highlights the term that is pointed at. */
  mark(pointed) {
    for (const [place, { item }] of this.rows.entries()) item.classList.toggle("lit", this.order[place] === pointed);
  }
}
