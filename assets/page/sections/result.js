// A picture as a method reconstructs it: the reconstruction, its error, and its terms.

import { count, errorText, figure, make } from "../drawing/dom.js";
import { paintBasisImage } from "./galleries.js";
import { paintSum } from "../drawing/paint.js";

const TERMS = 6;
/** Terms with less than this fraction of the intensity of the strongest one are not shown. */
const FAINT = 0.01;

export class Result {
  constructor(panel, run, kind, title) {
    Object.assign(this, { run, kind });
    this.canvas = make("canvas", { role: "img", "aria-label": title });
    this.readout = make("p", { className: "readout" });
    this.terms = make("div", { className: "users" });
    panel.append(make("h3", {}, title), make("div", { className: "stage" }, this.canvas), this.readout, this.terms);
  }

  show({ weights, reconstructed }, limit, error, over) {
    paintSum(this.canvas, reconstructed, this.run.width, limit);
    const used = weights.filter((weight) => weight !== 0).length;
    const worse = error > 1 ? " (black would be closer)" : "";
    const missed = Number.isFinite(error) ? `Relative error ${errorText(error)} over ${over}${worse}.` : `There is no intensity in ${over}.`;
    this.readout.textContent = `${missed} ${count(used, this.kind.unit)} used${used ? "; the strongest:" : "."}`;
    const strength = (index) => Math.abs(weights[index]) * this.kind.intensity[index];
    const order = [...weights.keys()].sort((a, b) => strength(b) - strength(a) || a - b).slice(0, TERMS);
    const shown = order.filter((index) => strength(index) > FAINT * strength(order[0]));
    this.terms.replaceChildren(...shown.map((index) => this.term(index, weights[index])));
  }

  term(index, weight) {
    const canvas = make("canvas");
    paintBasisImage(canvas, this.kind, index, this.run.width);
    const name = `${figure(weight)} × ${this.kind.unit} ${index}`;
    return make("span", { className: "user", title: name }, canvas, make("span", { className: "caption" }, figure(weight, 2)));
  }
}
