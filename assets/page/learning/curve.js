// The error over the iterations of a fit that is being learned here, above the least error, beside the fit before.

import { errorText, shape } from "../drawing/dom.js";

const SIZE = { width: 600, height: 190, left: 100, right: 10, top: 12, bottom: 26 };
/** The iterations that the axis has at least. */
const LEAST_LENGTH = 100;
/** The lowest error of the axis as a fraction of the highest. */
const DEEPEST = 1e-3;
/** The distance below which points of a line are not drawn. */
const CLOSE = 1.5;

export class LiveCurve {
  constructor(place) {
    const { width, height, left, right, top, bottom } = SIZE;
    const text = (x, y, anchor = "start") => shape("text", { x, y, "text-anchor": anchor });
    this.errors = [];
    this.before = shape("polyline", { class: "curve-line before" });
    this.line = shape("polyline", { class: "curve-line" });
    this.dot = shape("circle", { r: 5, class: "dot" });
    this.floorLine = shape("line", { x1: left, x2: width - right, class: "floor" });
    this.floorText = text(left + 8, 0);
    this.beforeText = text(width - right, top + 6, "end");
    this.high = text(left - 6, top + 6, "end");
    this.low = text(left - 6, height - bottom, "end");
    this.end = text(width - right, height - 6, "end");
    const axis = text(left, height - 6);
    axis.textContent = "iteration 1 (both axes logarithmic)";
    place.append(
      shape(
        "svg",
        { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "The relative error over the iterations learned here" },
        this.floorLine, this.floorText, this.before, this.beforeText, this.line, this.dot, this.high, this.low, this.end, axis,
      ),
    );
  }

  /** Begins a new line; the one so far stays as the fit before, if it has any length. */
  restart() {
    if (this.errors.length > 1) this.old = this.errors;
    this.errors = [];
  }

  add(errors) {
    this.errors.push(...errors);
  }

  /** Draws both lines and the least error of as many images, which may be null. */
  draw(least, rank) {
    const { width, height, left, right, top, bottom } = SIZE;
    const lines = [this.errors, this.old ?? []];
    const all = lines.flat();
    const high = all.reduce((most, error) => Math.max(most, error), 0) || 1;
    const low = Math.max(DEEPEST * high, all.reduce((lowest, error) => Math.min(lowest, error), least ?? high / 10));
    const end = Math.max(LEAST_LENGTH, ...lines.map((line) => line.length));
    const x = (iteration) => left + ((width - left - right) * Math.log(iteration)) / Math.log(end);
    const y = (error) => top + ((height - top - bottom) * Math.log(high / Math.max(low, error))) / Math.log(high / low || 2);
    this.line.setAttribute("points", pointsOf(this.errors, x, y));
    this.before.setAttribute("points", pointsOf(this.old ?? [], x, y));
    this.beforeText.textContent = this.old ? "grey: the fit before" : "";
    this.high.textContent = errorText(high);
    this.low.textContent = errorText(low);
    this.end.textContent = String(end);
    const { length } = this.errors;
    this.dot.setAttribute("visibility", length ? "visible" : "hidden");
    this.dot.setAttribute("cx", x(Math.max(1, length)));
    this.dot.setAttribute("cy", length ? y(this.errors.at(-1)) : 0);
    for (const element of [this.floorLine, this.floorText]) element.setAttribute("visibility", least === null ? "hidden" : "visible");
    if (least === null) return;
    for (const end of ["y1", "y2"]) this.floorLine.setAttribute(end, y(least));
    this.floorText.setAttribute("y", y(least) - 7);
    this.floorText.textContent = `best ${rank} of any sign: ${errorText(least)}`;
  }
}

/** Returns the points of a line, without those that are close to the one before. */
function pointsOf(errors, x, y) {
  const points = [];
  let last = -Infinity;
  for (let i = 0; i < errors.length; i++) {
    const at = x(i + 1);
    if (at - last < CLOSE && i < errors.length - 1) continue;
    points.push(`${at.toFixed(1)},${y(errors[i]).toFixed(1)}`);
    last = at;
  }
  return points.join(" ");
}
