// All images as one table X, approximated by two thin ones: W with the weights and H with the basis images. H stands above X
// and W beside it, so that a cell of X is where its row of W and its column of H meet.

import { byId, count, figure, make } from "../drawing/dom.js";
import { imageOf, knownOf } from "../run/data.js";
import { grey, largest, paintImage, signed, unknown, whiteOf } from "../drawing/paint.js";
import { whenSeen } from "../drawing/seen.js";
import { change, inFocus, onChange, state } from "../run/state.js";
import { Block } from "./block.js";
import { imageRuns, rowsWith, runLength, runsOf, termsOf } from "./excerpt.js";
import { BlockPictures, paintTerm } from "./pictures.js";
import { schemeOf } from "./scheme.js";
import { wordsOn } from "./words.js";

/** The colours of no weight and of the largest one. */
const [NO_WEIGHT, FULL_WEIGHT] = [[255, 255, 255], [0, 110, 90]];
const NOWHERE = { image: null, term: null, column: null };

export function startBlocks(run) {
  const blocks = new Blocks(run);
  onChange((changed) => {
    if (changed.has("image")) blocks.redraw();
    else if (changed.has("focus") || changed.has("kept")) blocks.remark();
  });
  return blocks;
}

class Blocks {
  constructor(run) {
    Object.assign(this, { run, length: runLength(run), pointed: NOWHERE, images: rowsWith(run, state.image) });
    const body = byId("blocks-body");
    body.style.setProperty("--images", this.images.length);
    this.redraw = whenSeen(run, body, () => this.draw());
    this.remark = whenSeen(run, body, () => this.mark());
    this.w = this.block("w", (row, column) => ({ image: this.images[row], term: this.terms[column] }));
    this.x = this.block("x", (row, column) => ({ image: this.images[row], column }));
    this.h = this.block("h", (row, column) => ({ term: this.terms[row], column }));
    this.pictures = new BlockPictures(run, byId("blocks-pictures"));
    this.imageHeads = this.images.map((_, row) => this.head(() => ({ image: this.images[row] })));
    byId("blocks-images").append(...this.imageHeads);
    byId("blocks").addEventListener("keydown", ({ key }) => key === "Escape" && change({ kept: null, focus: null }));
    this.offerKinds(Object.values(run.kinds));
  }

  /** Returns a table; `here(row, column)` is what is pointed at in its cell. */
  block(name, here) {
    return new Block(byId(`blocks-${name}`), `Table ${name.toUpperCase()}`, {
      point: (row, column) => this.point(here(row, column)),
      leave: () => this.point(NOWHERE),
      choose: () => this.choose(),
    });
  }

  /** Offers the methods, and takes the first one. */
  offerKinds(kinds) {
    const options = kinds.map((kind, index) => {
      const option = make("input", { type: "radio", name: "blocks-kind", checked: index === 0, id: `blocks-of-${kind.key}` });
      option.addEventListener("change", () => this.take(kind));
      return make("label", {}, option, ` ${kind.name}`);
    });
    byId("blocks-kinds").append(...options);
    this.take(kinds[0]);
  }

  /** Returns the method, as a piece of the state in the address; null for the first one. */
  read() {
    return this.kind === Object.values(this.run.kinds)[0] ? null : this.kind.key;
  }

  apply(key) {
    const kinds = Object.values(this.run.kinds);
    const kind = key === null ? kinds[0] : kinds.find((each) => each.key === key);
    if (!kind) return `one of ${kinds.map((each) => each.key).join(", ")}`;
    if (kind !== this.kind) byId(`blocks-of-${kind.key}`).click();
    return "";
  }

  take(kind) {
    const { run, length } = this;
    Object.assign(this, { kind, terms: termsOf(kind), pointed: NOWHERE, isNew: true });
    this.termRuns = this.terms.map(({ values }) => runsOf(values, null, length));
    const sizes = { images: run.count, pixels: run.pixels, rank: kind.rank, hasMean: Boolean(kind.mean), method: kind.key };
    byId("blocks-scheme").replaceChildren(...schemeOf(sizes));
    byId("blocks-body").style.setProperty("--terms", this.terms.length);
    this.termHeads = this.terms.map((term) => this.head(() => ({ term })));
    byId("blocks-terms").replaceChildren(...this.termHeads);
    for (const block of [this.w, this.x, this.h]) block.at = [0, 0];
    this.redraw();
  }

  /** Returns a canvas for the thumbnail of a row; `here()` is what is pointed at there. */
  head(here) {
    const canvas = make("canvas");
    canvas.addEventListener("pointerenter", () => this.point(here()));
    canvas.addEventListener("pointerleave", () => this.point(NOWHERE));
    canvas.addEventListener("click", () => {
      this.point(here());
      this.choose();
    });
    return canvas;
  }

  point(here) {
    this.pointed = { ...NOWHERE, ...here };
    change({ focus: this.pointed.term?.focus ?? null });
  }

  /** Chooses the image and selects the term that are pointed at. */
  choose() {
    const { image, term } = this.pointed;
    if (image !== null) change({ image });
    if (!term?.focus) return;
    const isKept = state.kept?.kind === term.focus.kind && state.kept.index === term.index;
    change({ kept: isKept && image === null ? null : term.focus });
  }

  draw() {
    const { run, terms } = this;
    const before = this.isNew ? [] : this.images;
    this.images = rowsWith(run, state.image);
    if (this.isNew) this.drawTerms();
    for (const [row, image] of this.images.entries()) if (image !== before[row]) this.drawHead(row, image);
    for (const [row, canvas] of this.imageHeads.entries()) canvas.classList.toggle("own", this.images[row] === state.image);
    const most = this.mostWeight();
    const weight = (row, column, pixel) => this.weightColour(terms[column], this.images[row], most, pixel);
    this.w.draw(this.images.length, terms.length, weight);
    this.drawImages();
    this.label(most);
    this.mark();
    this.isNew = false;
  }

  drawHead(row, image) {
    const { run } = this;
    const values = imageOf(run, image);
    paintImage(this.imageHeads[row], values, knownOf(run, image), run.width, whiteOf(run, values));
    this.imageHeads[row].title = run.names[image];
  }

  drawTerms() {
    const { run, kind, terms, termRuns } = this;
    for (const [row, term] of terms.entries()) {
      paintTerm(this.termHeads[row], run, kind, term);
      this.termHeads[row].title = term.name;
    }
    const mosts = termRuns.map(largest);
    this.h.draw(terms.length, termRuns[0].length, (row, column, pixel) => {
      const share = termRuns[row][column] / mosts[row];
      if (kind.signed && terms[row].index >= 0) signed(pixel, share);
      else grey(pixel, share);
    });
  }

  drawImages() {
    const { run, length } = this;
    const limit = run.white ?? run.scale;
    const rows = this.images.map((image) => imageRuns(run, image, length));
    this.x.draw(rows.length, rows[0].length, (row, column, pixel) => {
      const value = rows[row][column];
      if (Number.isNaN(value)) unknown(pixel, row + column);
      else grey(pixel, value / limit);
    });
  }

  weightColour({ index, weight }, image, most, pixel) {
    const share = weight(image) / most;
    if (index < 0) grey(pixel, 0.5);
    else if (this.kind.signed) signed(pixel, share);
    else for (let c = 0; c < 3; c++) pixel[c] = NO_WEIGHT[c] + (FULL_WEIGHT[c] - NO_WEIGHT[c]) * share;
  }

  /** Returns the largest magnitude of a weight in the rows. */
  mostWeight() {
    let most = 0;
    for (const { index, weight } of this.terms) {
      if (index >= 0) for (const image of this.images) most = Math.max(most, Math.abs(weight(image)));
    }
    return most || 1;
  }

  /** States what the rows and columns are, and the scales. */
  label(most) {
    const { run, kind, length, images } = this;
    const all = count(run.count, "image");
    const some = images.length < run.count ? `${images.length} of the ${all}` : all;
    const colours = kind.signed ? `red = +${figure(most)}, blue = \u2212${figure(most)}` : `white = 0, green = ${figure(most)}`;
    const ones = kind.mean ? "; the first column is 1, for the mean" : "";
    byId("blocks-w-name").textContent = `W: the ${kind.signed ? "scores" : "weights"} of ${some}; ${colours}${ones}.`;
    const runs = length > 1 ? ` Each cell is the mean of ${length} neighbouring pixels.` : "";
    byId("blocks-x-name").textContent =
      `X: ${some}, each with its ${run.pixels} pixels in reading order; black = 0, white = ${figure(run.white ?? run.scale)}.${runs}`;
    const ends = kind.signed ? "red and blue = the largest magnitude of its cells, for the mean white" : "white = the largest of its cells";
    const what = `${kind.mean ? "the mean image and " : ""}${count(kind.rank, kind.unit)}`;
    byId("blocks-h-name").textContent = `H: ${what}, a row each; ${ends}.`;
  }

  /** Highlights what is pointed at, in the tables and in the pictures, and describes it. */
  mark() {
    const { run, kind, terms, images, length, pointed } = this;
    const { image: row, column } = pointed;
    const focus = inFocus(kind.units);
    const term = pointed.term ?? terms.find(({ index }) => index === focus?.index) ?? null;
    const [at, place] = [images.indexOf(row), terms.indexOf(term)];
    this.w.mark(at, place);
    this.x.mark(at, column ?? -1);
    this.h.mark(place, column ?? -1);
    for (const [index, canvas] of this.imageHeads.entries()) canvas.classList.toggle("lit", index === at);
    for (const [index, canvas] of this.termHeads.entries()) canvas.classList.toggle("lit", index === place);
    const pixels = column === null ? null : { first: column * length, length };
    const image = row ?? state.image;
    this.pictures.show(kind, image, term, pixels);
    byId("blocks-text").textContent = wordsOn(run, kind, terms, { image, term, pixels });
  }
}
