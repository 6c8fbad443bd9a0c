// A table whose cells are the pixels of a canvas, of which one is pointed at by mouse, finger or keys.

import { make } from "../drawing/dom.js";
import { paint } from "../drawing/paint.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class Block {
  /** `point(row, column)` is called for the cell that is pointed at, `leave()` after it, `choose()` for a click or Enter. */
  constructor(place, name, { point, leave, choose }) {
    Object.assign(this, { point, leave, choose, at: [0, 0] });
    const label = `${name}. Arrow keys move among the cells, Enter chooses, Escape deselects`;
    this.canvas = make("canvas", { tabIndex: 0, role: "application", "aria-label": label, "aria-describedby": "blocks-text" });
    this.bands = Object.fromEntries(["row", "column"].map((way) => [way, make("i", { className: `band ${way}`, hidden: true })]));
    place.append(make("div", { className: "cells" }, this.canvas, this.bands.row, this.bands.column));
    this.listen();
  }

  listen() {
    const { canvas } = this;
    for (const kind of ["pointerdown", "pointermove"]) canvas.addEventListener(kind, (event) => this.moveTo(...this.cellAt(event)));
    // A finger that is lifted leaves what it pointed at.
    canvas.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && this.leave());
    canvas.addEventListener("click", (event) => {
      this.moveTo(...this.cellAt(event));
      this.choose();
    });
    canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && this.moveTo(...this.at));
    canvas.addEventListener("blur", () => this.leave());
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const [row, column] = this.at;
    const ends = { Home: [row, 0], End: [row, this.columns - 1] };
    const step = MOVES[event.key];
    const to = step ? [row + step[0], column + step[1]] : ends[event.key];
    if (!to && event.key !== "Enter") return;
    event.preventDefault();
    if (to) this.moveTo(...to);
    else this.choose();
  }

  cellAt({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [Math.floor(((clientY - top) / height) * this.rows), Math.floor(((clientX - left) / width) * this.columns)];
  }

  moveTo(row, column) {
    const clamp = (value, size) => Math.min(size - 1, Math.max(0, value));
    this.at = [clamp(row, this.rows), clamp(column, this.columns)];
    this.point(...this.at);
  }

  /** Draws the cells; `colour(row, column, pixel)` sets the colour of one. */
  draw(rows, columns, colour) {
    Object.assign(this, { rows, columns });
    paint(this.canvas, rows * columns, columns, (p, pixel) => colour(Math.floor(p / columns), p % columns, pixel));
  }

  /** Highlights a row and a column; -1 is none. */
  mark(row, column) {
    this.place(this.bands.row, "top", "height", row, this.rows);
    this.place(this.bands.column, "left", "width", column, this.columns);
  }

  place(band, start, extent, at, size) {
    band.hidden = at < 0;
    band.style[start] = `${(100 * at) / size}%`;
    band.style[extent] = `${100 / size}%`;
  }
}
