// A canvas for painting by pointer, finger or keys, which reports the pixels that the brush touched.

import { make } from "./dom.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Easel {
  /** `paint(pixels)` is called for each touch; `brush()` gives the diameter in pixels. */
  constructor(place, { width, height }, name, brush, paint) {
    Object.assign(this, { width, height, brush, paint });
    this.canvas = make("canvas", { tabIndex: 0, role: "application", "aria-label": `${name}. Arrow keys move the brush, Space paints` });
    this.cursor = make("span", { className: "cursor", "aria-hidden": "true", hidden: true });
    this.at = [Math.floor(width / 2), Math.floor(height / 2)];
    place.classList.add("easel");
    place.append(this.canvas, this.cursor);
    this.listen();
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      canvas.setPointerCapture(event.pointerId);
      this.from = this.pixelAt(event);
      this.touch([this.from]);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.from) return;
      const to = this.pixelAt(event);
      this.touch(between(this.from, to));
      this.from = to;
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.from = null));
    canvas.addEventListener("keydown", (event) => this.key(event));
    for (const moved of ["focus", "blur"]) canvas.addEventListener(moved, () => this.showCursor());
  }

  key(event) {
    const step = STEPS[event.key];
    if (!step && event.key !== " ") return;
    event.preventDefault();
    if (step) {
      const clamp = (value, size) => Math.min(size - 1, Math.max(0, value));
      this.at = [clamp(this.at[0] + step[0], this.width), clamp(this.at[1] + step[1], this.height)];
      this.showCursor();
    }
    if (!step || event.shiftKey) this.touch([this.at]);
  }

  pixelAt(event) {
    const box = this.canvas.getBoundingClientRect();
    this.at = [
      Math.floor(((event.clientX - box.left) / box.width) * this.width),
      Math.floor(((event.clientY - box.top) / box.height) * this.height),
    ];
    return this.at;
  }

  showCursor() {
    const { style } = this.cursor;
    const percent = (value, size) => `${(100 * value) / size}%`;
    const size = this.brush();
    style.left = percent(this.at[0] + 0.5 - size / 2, this.width);
    style.top = percent(this.at[1] + 0.5 - size / 2, this.height);
    style.width = percent(size, this.width);
    style.height = percent(size, this.height);
    this.cursor.hidden = !this.canvas.matches(":focus-visible");
  }

  /** Paints a round brush at each of the points. */
  touch(points) {
    const radius = this.brush() / 2;
    const touched = new Set();
    for (const [x, y] of points) {
      for (let row = Math.ceil(y - radius); row <= y + radius; row++) {
        for (let column = Math.ceil(x - radius); column <= x + radius; column++) {
          const isInside = row >= 0 && column >= 0 && row < this.height && column < this.width;
          if (isInside && (column - x) ** 2 + (row - y) ** 2 <= radius ** 2) touched.add(row * this.width + column);
        }
      }
    }
    this.paint([...touched]);
  }
}

/** Pixels on the way from one to another. */
function between(from, to) {
  const steps = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
  return Array.from({ length: steps }, (_, i) =>
    [0, 1].map((axis) => Math.round(from[axis] + ((to[axis] - from[axis]) * (i + 1)) / steps)));
}
