// The section on images of three pixels: its controls, the figures beside the triangle, and the parts of the last starts.

import { byId, count, errorText, make, pictured, shape } from "../drawing/dom.js";
import { largest, paintGrey, paintSum } from "../drawing/paint.js";
import { PIXELS, planeOf } from "./geometry.js";
import { OUTSIDE, SETS, composed, hasConverged, imagesOf, improved, principal, randomFrom, randomPoint } from "./model.js";
import { LETTERS, Triangle, intensities } from "./triangle.js";

/** The number of starts whose results are shown. */
const STARTS = 6;
/** The number of iterations that are animated at most; the rest follows at once. */
const ANIMATED = 240;
/** The parts at the beginning, and after another number of parts is chosen. */
const FIRST_PARTS = [[0.58, 0.32, 0.1], [0.12, 0.24, 0.64], [0.25, 0.6, 0.15]];
/** The images and the number of parts at the beginning. */
const FIRST_WORLD = "segment.2";
/** The point that is described at the beginning. */
const FIRST_POINTED = { kind: "images", index: 0 };
/** The sides of a thumbnail of the triangle. */
const THUMBNAIL = { width: 60, height: 52 };

export function startWorld(run) {
  const world = new World();
  run.signal.addEventListener("abort", () => world.stop());
  return world;
}

class World {
  constructor() {
    const set = "segment";
    Object.assign(this, { set, images: imagesOf(set), parts: FIRST_PARTS.slice(0, 2), seed: 0, frame: null });
    Object.assign(this, { pointed: FIRST_POINTED, shown: 0, trio: ["image", "parts", "axes"].map((name) => pictured(name)) });
    byId("world-trio").append(...this.trio.map(({ whole }) => whole));
    this.triangle = new Triangle(byId("world-triangle"), {
      move: (kind, index, point) => this.move(kind, index, point),
      rest: (kind, index) => this.rest(kind, index),
      point: (kind, index) => this.point(kind, index),
    });
    this.listen();
    this.setStarts([]);
    this.update();
    this.say("Drag a point, or press Learn.");
  }

  listen() {
    this.setButtons = [];
    for (const [key, { name }] of Object.entries(SETS)) {
      const button = make("button", { type: "button", "data-set": key, "aria-pressed": String(key === this.set) }, name);
      button.addEventListener("click", () => this.choose(key));
      byId("world-sets").append(button);
      this.setButtons.push(button);
    }
    for (const rank of [2, 3]) byId(`world-rank-${rank}`).addEventListener("change", () => this.setRank(rank));
    byId("world-learn").addEventListener("click", () => this.learn());
    byId("world-start").addEventListener("click", () => this.startAnew());
  }

  /** Shows another set of images. */
  choose(set) {
    this.stop();
    this.set = set;
    for (const button of this.setButtons) button.setAttribute("aria-pressed", String(button.dataset.set === set));
    this.images = imagesOf(set);
    this.setStarts([]);
    Object.assign(this, { pointed: FIRST_POINTED, shown: 0 });
    this.update();
    this.say(`${count(this.images.length, "image")}: ${SETS[set].name}.`);
  }

  /** Returns the images and the number of parts, as a piece of the state in the address; null as at the beginning. */
  read() {
    const text = `${this.set}.${this.parts.length}`;
    return text === FIRST_WORLD ? null : text;
  }

  apply(text) {
    const [set, rank] = (text ?? FIRST_WORLD).split(".");
    const isPossible = Object.hasOwn(SETS, set) && ["2", "3"].includes(rank);
    if (!isPossible) return `one of ${Object.keys(SETS).join(", ")}, and 2 or 3 parts`;
    if (set !== this.set) this.choose(set);
    if (Number(rank) !== this.parts.length) byId(`world-rank-${rank}`).click();
    return "";
  }

  setRank(rank) {
    this.stop();
    this.pointed = { kind: "images", index: this.shown };
    this.parts = [...this.parts, ...FIRST_PARTS.slice(this.parts.length)].slice(0, rank);
    this.setStarts([]);
    this.update();
    this.say(`${count(rank, "part")}. ${this.summary()}${this.errorSentence()}`);
  }

  move(kind, index, point) {
    this.stop();
    this[kind] = this[kind].with(index, point);
    if (kind === "images") this.setStarts([]);
    this.update();
  }

  rest(kind, index) {
    this.say(`${nameOfPoint(kind, index)} moved. ${this.summary()}${this.errorSentence()}`);
  }

  /** Begins with random parts, and learns. */
  startAnew() {
    const random = randomFrom(++this.seed);
    this.parts = this.parts.map(() => randomPoint(random));
    this.update();
    this.learn();
  }

  /** Alternates between the best weights and the best parts until the error hardly changes: one iteration per frame. */
  learn() {
    this.stop();
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const before = this.nmf.error;
    let iterations = 0;
    this.say("Learning …");
    const iterate = () => {
      const { error } = this.nmf;
      this.parts = improved(this.images, this.parts, this.nmf);
      this.nmf = composed(this.images, this.parts);
      iterations += 1;
      return hasConverged(error, this.nmf.error);
    };
    const next = () => {
      let isDone = iterate();
      while (!isDone && (isStill || iterations >= ANIMATED)) isDone = iterate();
      this.frame = isDone ? null : requestAnimationFrame(next);
      this.update();
      if (!isDone) return;
      const { parts, nmf: { error } } = this;
      if (iterations > 1) this.setStarts([...this.starts, { parts, error }].slice(-STARTS));
      const errors = `from ${errorText(before)} to ${errorText(error)}`;
      const learned = iterations > 1
        ? `Learned in ${count(iterations, "iteration")}: relative error ${errors}.`
        : `Converged already: relative error ${errorText(error)}.`;
      this.say(`${learned} ${this.summary()}`);
    };
    next();
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
  }

  /** Shows the parts of the last starts; none if their errors are those of other images. */
  setStarts(starts) {
    this.starts = starts;
    for (const id of ["world-starts-title", "world-starts"]) byId(id).hidden = starts.length === 0;
    byId("world-starts").replaceChildren(...starts.map((start) => this.startButton(start)));
  }

  /** Computes and shows everything as it is now. */
  update() {
    const rank = this.parts.length;
    this.nmf = composed(this.images, this.parts);
    this.pca = principal(this.images, rank - 1);
    this.draw();
    byId("world-nmf-error").textContent = errorText(this.nmf.error);
    byId("world-pca-error").textContent = errorText(this.pca.error);
    const axes = rank === 2 ? "one axis" : "two axes, all that a plane has";
    byId("world-nmf-name").textContent = `NMF: relative error of ${count(rank, "part")}, as they are now`;
    byId("world-pca-name").textContent = `PCA: relative error of the mean image and ${axes}`;
    byId("world-fits").textContent = fitsText(rank);
  }

  /** Draws the triangle and what is pointed at. */
  draw() {
    this.triangle.draw(this);
    if (this.pointed.kind === "parts") this.drawPart();
    else this.drawTrio();
    byId("world-pointed").textContent = this.describe(this.pointed);
  }

  /** Draws the part that was pointed at last. */
  drawPart() {
    const { index } = this.pointed;
    const name = nameOfPoint("parts", index);
    for (const { whole } of this.trio.slice(1)) whole.hidden = true;
    this.drawOne(this.trio[0], name, this.parts[index], largest(this.parts[index]), paintGrey);
  }

  /** Draws the image that was pointed at last, and what each method makes of it, all on its scale. */
  drawTrio() {
    const { shown, images, nmf, pca, trio } = this;
    const limit = largest(images[shown]);
    const axes = pca.axes.length === 1 ? "mean and axis" : "mean and axes";
    const errors = [nmf, pca].map((method) => `error ${errorText(method.errors[shown])}`);
    const names = [`image ${shown + 1}`, `sum of parts: ${errors[0]}`, `${axes}: ${errors[1]}`];
    for (const [i, values] of [images[shown], nmf.sums[shown], pca.sums[shown]].entries()) {
      trio[i].whole.hidden = false;
      this.drawOne(trio[i], names[i], values, limit, i === 0 ? paintGrey : paintSum);
    }
  }

  drawOne({ canvas, caption }, name, values, limit, paintValues) {
    paintValues(canvas, values, PIXELS, limit);
    caption.textContent = name;
    canvas.setAttribute("aria-label", `${name}; intensities ${intensities(values)}`);
  }

  startButton({ parts, error }) {
    const label = `Parts with error ${errorText(error)}: ${parts.map(intensities).join("; ")}. Show them again`;
    const button = make("button", { type: "button", className: "start", "aria-label": label }, thumbnailOf(this.images, parts));
    button.append(make("span", { className: "caption" }, errorText(error)));
    button.addEventListener("click", () => {
      this.stop();
      this.parts = parts;
      this.update();
      this.say(`Parts of an earlier start. ${this.summary()}${this.errorSentence()}`);
    });
    return button;
  }

  /** Returns how many images lie outside of what the parts compose. */
  summary() {
    const outside = this.nmf.errors.filter((error) => error > OUTSIDE).length;
    const verb = outside === 1 ? "is" : "are";
    return outside === 0 ? "No image is outside." : `${outside} of ${count(this.images.length, "image")} ${verb} outside.`;
  }

  errorSentence() {
    return ` Relative error ${errorText(this.nmf.error)}.`;
  }

  say(text) {
    byId("world-text").textContent = text;
  }

  /** Describes a point, and shows it if it is an image. */
  point(kind, index) {
    this.pointed = { kind, index };
    if (kind === "images") this.shown = index;
    this.draw();
  }

  /** Describes the point that was pointed at last. */
  describe({ kind, index }) {
    const name = `${nameOfPoint(kind, index)}: intensities ${intensities(this[kind][index])}.`;
    if (kind === "parts") return name;
    const weights = this.nmf.weights[index];
    const terms = [...weights].flatMap((weight, a) => (weight > 0 ? [`${weight.toFixed(2)} × ${LETTERS[a]}`] : []));
    const sum = terms.length ? terms.join(" + ") : "nothing, black";
    return `${name} Best sum: ${sum}, with error ${errorText(this.nmf.errors[index])}.`;
  }
}

function nameOfPoint(kind, index) {
  return kind === "parts" ? `Part ${LETTERS[index]}` : `Image ${index + 1}`;
}

/** Returns which segments or triangles fit. */
function fitsText(rank) {
  if (rank === 2) {
    return (
      "Two parts compose a segment. If all images lie on one line, every segment of it that contains them fits: " +
      "the longest ends at the rim, the shortest at the outermost images. Otherwise the best line is fixed, but not always the " +
      "ends of the segment on it."
    );
  }
  return (
    "Three parts compose a triangle, and every triangle that contains all images fits: the largest is the whole one, whose " +
    "corners are the single pixels; each side of the smallest touches an image. Around the rim, only the whole triangle fits: " +
    "there the parts are unique."
  );
}

/** Returns a small drawing of the triangle with images and parts. */
function thumbnailOf(images, parts) {
  const { width, height } = THUMBNAIL;
  const at = (point) => {
    const [x, y] = planeOf(point);
    return [2 + (width - 4) * x, height - 2 - (width - 4) * y];
  };
  const corners = (points) => points.map((point) => at(point).map((value) => value.toFixed(1)).join(",")).join(" ");
  const dots = images.map((image) => {
    const [cx, cy] = at(image);
    return shape("circle", { cx, cy, r: 1.2, class: "spot" });
  });
  const rim = shape("polygon", { points: corners([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), class: "rim" });
  const hull = shape("polygon", { points: corners(parts), class: "hull" });
  return shape("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, rim, hull, ...dots);
}
