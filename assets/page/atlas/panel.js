// The section with all images in the plane of two weights: which ones, the image that is pointed at, and the selected images.

import { byId, capital, count, figure, make, nameOf, shape } from "../drawing/dom.js";
import { paintImage, whiteOf } from "../drawing/paint.js";
import { whenSeen } from "../drawing/seen.js";
import { imageOf, knownOf } from "../run/data.js";
import { numberIn } from "../run/pieces.js";
import { change, onChange, state } from "../run/state.js";
import { paintBasisImage } from "../sections/galleries.js";
import { labelsOf } from "./labels.js";
import { AtlasPlot } from "./plot.js";
import { zerosText } from "./zeros.js";

/** The number of selected images that are shown. */
const SHOWN = 24;
const AXES = ["across", "up"];

export function startAtlas(run) {
  const atlas = new AtlasSection(run);
  onChange((changed) => changed.has("image") && atlas.redraw());
  return atlas;
}

class AtlasSection {
  constructor(run) {
    Object.assign(this, { run, labels: labelsOf(run), selected: [], pictures: new Map(), kind: Object.values(run.kinds)[0] });
    this.plot = new AtlasPlot(run, byId("atlas-plot"), {
      point: (image) => this.point(image),
      choose: (image) => change({ image }),
      toggle: (image) => this.toggle(image),
      select: (images) => this.select(images),
    });
    this.redraw = whenSeen(run, byId("atlas"), () => this.draw());
    byId("theme").addEventListener("click", () => this.redraw(), { signal: run.signal });
    byId("atlas-clear").addEventListener("click", () => this.select([]));
    byId("atlas-methods").append(...Object.values(run.kinds).map((kind) => this.methodChoice(kind)));
    for (const id of ["across", "up", "pictures"]) byId(`atlas-${id}`).addEventListener("change", () => this.redraw());
    this.fillLegend();
    this.setKind(this.kind);
    this.first = this.text();
    this.select([]);
  }

  methodChoice(kind) {
    const radio = make("input", { type: "radio", name: "atlas-method", value: kind.key, checked: kind === this.kind });
    radio.addEventListener("change", () => this.setKind(kind));
    return make("label", {}, radio, ` ${kind.name}`);
  }

  /** Offers the basis images of a method as axes: at first the two of the largest shares. */
  setKind(kind) {
    this.kind = kind;
    const order = [...kind.shares.keys()].sort((a, b) => kind.shares[b] - kind.shares[a]);
    AXES.forEach((axis, i) => {
      const options = [...kind.shares.keys()].map((index) => make("option", { value: index }, `${kind.unit} ${index}`));
      byId(`atlas-${axis}`).replaceChildren(...options);
      byId(`atlas-${axis}`).value = order[Math.min(i, order.length - 1)];
    });
    byId("atlas-what").textContent = whatOf(kind, this.run);
    this.redraw();
  }

  /** Returns the method and the axes as in pca.0.1. */
  text() {
    return [this.kind.key, ...AXES.map((axis) => byId(`atlas-${axis}`).value)].join(".");
  }

  /** Returns the method and the axes, as a piece of the state in the address; null as at the beginning. */
  read() {
    return this.text() === this.first ? null : this.text();
  }

  apply(text) {
    const [key, ...axes] = (text ?? this.first).split(".");
    const kind = Object.values(this.run.kinds).find((each) => each.key === key);
    const isPossible = kind && axes.length === AXES.length && axes.every((index) => numberIn(index, 0, kind.rank - 1) !== null);
    if (!isPossible) return "a method and two of its basis images, as in pca.0.1";
    document.querySelector(`[name=atlas-method][value=${key}]`).checked = true;
    if (kind !== this.kind) this.setKind(kind);
    AXES.forEach((axis, i) => (byId(`atlas-${axis}`).value = Number(axes[i])));
    this.redraw();
    return "";
  }

  /** Returns the name of an axis, its basis image, and the weights of all images along it. */
  axis(name) {
    const index = Number(byId(`atlas-${name}`).value);
    const weights = Float32Array.from({ length: this.run.count }, (_, image) => this.kind.weight(image, index));
    return { index, name: `${wordOf(this.kind)} of ${this.kind.unit} ${index}`, weights };
  }

  draw() {
    const { kind, run } = this;
    [this.across, this.up] = AXES.map((name) => this.axis(name));
    for (const name of AXES) paintBasisImage(byId(`atlas-${name}-image`), kind, this[name].index, run.width);
    const { across, up, labels: { labelOf } } = this;
    byId("atlas-plot").setAttribute("aria-label", `${count(run.count, "image")} by ${across.name} and ${up.name}. ${KEYS}`);
    byId("atlas-zeros").textContent = zerosText(across, up);
    const pictureOf = byId("atlas-pictures").checked ? (image) => this.picture(image) : null;
    this.plot.draw({ key: kind.key, across, up, labelOf, selected: new Set(this.selected), chosen: state.image, pictureOf });
    this.point(this.plot.current);
  }

  /** Returns a canvas with an image, painted once. */
  picture(image) {
    if (!this.pictures.has(image)) {
      const canvas = make("canvas");
      paintOne(this.run, canvas, image);
      this.pictures.set(image, canvas);
    }
    return this.pictures.get(image);
  }

  /** Shows an image beside its dot; null: none. */
  point(image) {
    const tip = byId("atlas-tip");
    tip.hidden = image === null;
    if (image === null) return;
    paintOne(this.run, byId("atlas-tip-image"), image);
    byId("atlas-tip-name").replaceChildren(nameOf(this.run.names[image]));
    byId("atlas-readout").textContent = this.describe(image);
    const [x, y] = this.plot.places[image];
    const { clientWidth: width, clientHeight: height } = byId("atlas-plot");
    tip.style.left = `${x + 16 + tip.offsetWidth > width ? x - 16 - tip.offsetWidth : x + 16}px`;
    tip.style.top = `${Math.max(0, Math.min(height - tip.offsetHeight, y - tip.offsetHeight / 2))}px`;
  }

  /** Describes a dot: the image, its label and weights, and how many others have the same weights. */
  describe(image) {
    const { across, up, labels, run } = this;
    const { name } = labels.labelOf(image);
    const label = name === null ? "" : `, label ${name}`;
    const weights = [across, up].map((axis) => `${axis.name} ${figure(axis.weights[image])}`).join(", ");
    const isSame = (other) => across.weights[other] === across.weights[image] && up.weights[other] === up.weights[image];
    const others = run.names.reduce((sum, _, other) => sum + isSame(other), 0) - 1;
    const same = others > 0 ? ` ${count(others, "other image")} with the same weights.` : "";
    return `${run.names[image]}${label}: ${weights}.${same}`;
  }

  toggle(image) {
    const { selected } = this;
    const others = selected.filter((other) => other !== image);
    this.select(others.length < selected.length ? others : [...selected, image].sort((a, b) => a - b));
  }

  /** Shows selected images: some of them, their number, labels and mean. */
  select(images) {
    this.selected = images;
    const isEmpty = images.length === 0;
    const shown = evenly(images);
    const some = shown.length < images.length ? `, ${shown.length} of them shown, evenly taken` : "";
    byId("atlas-selection").hidden = isEmpty;
    byId("atlas-clear").disabled = isEmpty;
    const number = `${count(images.length, "image")} selected${some}.${this.labelCounts()}`;
    byId("atlas-count").textContent = isEmpty ? NOTHING : number;
    byId("atlas-users").replaceChildren(...shown.map((image) => this.chooser(image)));
    if (!isEmpty) paintMean(this.run, byId("atlas-mean"), images);
    this.redraw();
  }

  /** Returns how many of the selected images have each label, the most frequent first. */
  labelCounts() {
    const { all, labelOf } = this.labels;
    const number = (label) => this.selected.filter((image) => labelOf(image) === label).length;
    const counts = all.map((label) => [label.name, number(label)]).filter(([, of]) => of > 0).sort((a, b) => b[1] - a[1]);
    return counts.length ? ` Labels: ${counts.map(([name, of]) => `${name} (${of})`).join(", ")}.` : "";
  }

  chooser(image) {
    const { run } = this;
    const canvas = make("canvas");
    paintOne(run, canvas, image);
    const properties = { type: "button", className: "user", "aria-label": `Choose ${run.names[image]}`, title: run.names[image] };
    const button = make("button", properties, canvas);
    button.addEventListener("click", () => change({ image }));
    return button;
  }

  /** Lists the labels with their marks; each selects its images. */
  fillLegend() {
    const { all } = this.labels;
    byId("atlas-legend").hidden = all.length === 0;
    byId("atlas-legend").append(...all.map(({ name, mark, colour, images }) => {
      const sign = shape("svg", { viewBox: "-1.5 -1.5 3 3", "aria-hidden": "true" }, shape("path", { d: mark, fill: colour }));
      const label = `Select label ${name}, ${count(images.length, "image")}`;
      const button = make("button", { type: "button", "aria-label": label }, sign, name);
      button.addEventListener("click", () => this.select(images));
      return button;
    }));
  }
}

const KEYS = "The arrow keys move to the closest dot, Enter chooses its image, Space selects it or not, Escape selects none";
const NOTHING = "Draw a line around dots to select them.";

function wordOf({ signed }) {
  return signed ? "score" : "weight";
}

/** Returns what the axes are. */
function whatOf({ signed, unit, shareOf, rank }, { count: shown, report: { input } }) {
  const unitOf = signed
    ? `A score is the length of the term with its sign: eigenimages have length 1`
    : `A weight is the intensity that the part adds at its brightest pixel; it is never below 0`;
  const first = rank > 2 ? ` At first, the axes are the two ${unit}s with the largest shares ${shareOf}.` : "";
  const some = shown < input.images ? ` The dots are ${shown} of ${count(input.images, "image")}, evenly spread.` : "";
  return `${unitOf}.${first}${some}`;
}

function paintOne(run, canvas, index) {
  const image = imageOf(run, index);
  paintImage(canvas, image, knownOf(run, index), run.width, whiteOf(run, image));
}

/** Draws the mean of images over their known pixels. */
function paintMean(run, canvas, images) {
  const [sums, counts] = [new Float32Array(run.pixels), new Uint32Array(run.pixels)];
  for (const index of images) {
    const known = knownOf(run, index);
    imageOf(run, index).forEach((value, p) => {
      if (known && !known[p]) return;
      sums[p] += value;
      counts[p] += 1;
    });
  }
  const mean = sums.map((sum, p) => (counts[p] ? sum / counts[p] : 0));
  paintImage(canvas, mean, run.known ? counts : null, run.width, whiteOf(run, mean));
}

/** Returns up to `SHOWN` of some images, evenly taken. */
function evenly(images) {
  const number = Math.min(SHOWN, images.length);
  return Array.from({ length: number }, (_, i) => images[Math.floor(((2 * i + 1) * images.length) / (2 * number))]);
}
