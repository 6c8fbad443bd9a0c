// The pictures beside the tables: an image, its sum, and a term, with the term and the pixels that are pointed at marked.

import { reconstruct } from "../run/algebra.js";
import { make, pictured } from "../drawing/dom.js";
import { imageOf, knownOf } from "../run/data.js";
import { paintImage, paintLit, paintSum, whiteOf } from "../drawing/paint.js";
import { paintBasisImage } from "../sections/galleries.js";

/** Draws a basis image, or the mean image, scaled to its maximum. */
export function paintTerm(canvas, run, kind, { index, values, most }) {
  if (index < 0) paintImage(canvas, values, null, run.width, most);
  else paintBasisImage(canvas, kind, index, run.width);
}

export class BlockPictures {
  constructor(run, place) {
    this.run = run;
    [this.image, this.sum, this.term] = ["the image", "the sum", "the term"].map((name) => framed(name));
    place.append(this.image.whole, this.sum.whole, this.term.whole);
  }

  /** Shows an image and its sum, with a term and a run of pixels marked; both may be null. */
  show(kind, image, term, pixels) {
    const { run } = this;
    const values = imageOf(run, image);
    const [known, limit] = [knownOf(run, image), whiteOf(run, values)];
    if (term?.focus) {
      const lit = { limit, most: term.most, weight: term.weight(image), isSigned: kind.signed };
      paintLit(this.image.canvas, values, known, term.values, run.width, lit);
    } else paintImage(this.image.canvas, values, known, run.width, limit);
    const weights = Float64Array.from({ length: kind.rank }, (_, index) => kind.weight(image, index));
    paintSum(this.sum.canvas, reconstruct(kind.basis, weights, run.pixels, kind.mean), run.width, limit);
    this.term.whole.classList.toggle("absent", !term);
    if (term) paintTerm(this.term.canvas, run, kind, term);
    this.image.show(run.names[image], pixels, run);
    this.sum.show(`sum of ${kind.units}`, pixels, run);
    this.term.show(term?.name ?? "", pixels, run);
  }
}

/** A picture with a frame for some of its pixels. */
function framed(name) {
  const { canvas, caption, whole } = pictured(name);
  const frame = make("i", { className: "band", hidden: true });
  whole.prepend(make("div", { className: "cells" }, canvas, frame));
  const show = (words, pixels, { width, height }) => {
    caption.textContent = words;
    canvas.setAttribute("aria-label", words);
    frame.hidden = !pixels;
    if (!pixels) return;
    const { first, length } = pixels;
    frame.style.left = `${(100 * (first % width)) / width}%`;
    frame.style.top = `${(100 * Math.floor(first / width)) / height}%`;
    frame.style.width = `${(100 * length) / width}%`;
    frame.style.height = `${100 / height}%`;
  };
  return { canvas, whole, show };
}
