// The parts, or signed images, while they are learned: each with its weight in the chosen image, and their sum beside that image.

import { errorText, figure, make, pictured } from "../drawing/dom.js";
import { relativeError } from "../run/algebra.js";
import { imageOf, knownOf, row } from "../run/data.js";
import { largestUsual, paintGrey, paintImage, paintSigned, paintSum, whiteOf } from "../drawing/paint.js";
import { state } from "../run/state.js";

export class LiveRecipe {
  constructor(run, images, parts) {
    Object.assign(this, { run, parts });
    this.original = pictured("the image");
    this.sum = pictured("the sum of the parts");
    images.append(this.original.whole, this.sum.whole);
    // With their size from the beginning, nothing below them moves when they are first drawn.
    for (const { canvas } of [this.original, this.sum]) this.fit(canvas);
    this.makeTiles(run.rank);
  }

  fit(canvas) {
    [canvas.width, canvas.height] = [this.run.width, this.run.height];
  }

  makeTiles(rank) {
    this.tiles = Array.from({ length: rank }, liveTile);
    for (const { canvas } of this.tiles) this.fit(canvas);
    this.parts.replaceChildren(...this.tiles.map(({ whole }) => whole));
  }

  /** Draws the parts and the recipe of the chosen image, from a report of the worker. */
  draw({ rank, basis, weights }, isSigned) {
    const { run } = this;
    if (this.tiles.length !== rank) this.makeTiles(rank);
    const values = (index) => row(basis, index, run.pixels);
    const mosts = this.tiles.map((_, index) => largestUsual(values(index), run.outliers));
    const own = this.tiles.map((_, index) => weights[index * run.count + state.image]);
    // Each part is drawn with its maximum as white, so this is the intensity that white stands for.
    const shown = own.map((weight, index) => weight * mosts[index]);
    const most = shown.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    for (const [index, tile] of this.tiles.entries()) {
      (isSigned ? paintSigned : paintGrey)(tile.canvas, values(index), run.width, mosts[index]);
      tile.show(shown[index], most);
    }
    this.drawSum(basis, own, isSigned ? "signed images" : "parts");
  }

  drawSum(basis, weights, units) {
    const { run, original, sum } = this;
    const image = imageOf(run, state.image);
    const known = knownOf(run, state.image);
    const limit = whiteOf(run, image);
    const total = new Float32Array(run.pixels);
    for (const [index, weight] of weights.entries()) {
      if (weight !== 0) for (let p = 0, at = index * run.pixels; p < run.pixels; p++, at++) total[p] += weight * basis[at];
    }
    paintImage(original.canvas, image, known, run.width, limit);
    paintSum(sum.canvas, total, run.width, limit);
    sum.caption.textContent = `the sum of the ${units}: error ${errorText(relativeError(image, total, known))}`;
  }
}

/** A part with a bar and a number for its weight. */
function liveTile() {
  const canvas = make("canvas");
  const bar = make("i");
  const caption = make("span", { className: "caption" }, "0");
  const show = (value, most) => {
    bar.className = value < 0 ? "minus" : "";
    bar.style.width = `${most > 0 ? (100 * Math.abs(value)) / most : 0}%`;
    caption.textContent = figure(value, 2);
  };
  return { canvas, show, whole: make("div", {}, canvas, make("div", { className: "bar" }, bar), caption) };
}
