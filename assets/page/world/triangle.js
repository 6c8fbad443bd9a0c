// The triangle of all images of three pixels: images and parts as points that can be moved, what the parts compose, and axes.

import { errorText, shape } from "../drawing/dom.js";
import { largest } from "../drawing/paint.js";
import { PIXELS, closestInside, exitOf, moved, planeOf, pointAt } from "./geometry.js";
import { OUTSIDE } from "./model.js";

const VIEW = { width: 640, height: 604, left: 80, bottom: 510, side: 480 };
/** How far an arrow key moves a point: a fraction of a side, and a quarter of it with Shift. */
const STRIDE = 0.02;
const STRIDES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
/** How negative the pixel at the end of an axis is, unless the end would be too far from the triangle. */
const BELOW = 0.12;
const FARTHEST = 0.18;
/** The names of the parts. */
export const LETTERS = ["A", "B", "C"];

/** Returns the place of a point in the drawing. */
function placeOf(point) {
  const [x, y] = planeOf(point);
  return [VIEW.left + VIEW.side * x, VIEW.bottom - VIEW.side * y];
}

function corners(points) {
  return points.map((point) => placeOf(point).map((value) => value.toFixed(2)).join(",")).join(" ");
}

/** Returns the intensities of a point as text. */
export function intensities(point) {
  return point.map((value) => (Math.abs(value) < 0.005 ? 0 : value).toFixed(2).replace("-", "\u2212")).join(", ");
}

/** An image of three pixels side by side around (x, y): black is 0 and white its maximum, and blue is negative. */
function strip(cell) {
  const left = (-PIXELS * cell) / 2;
  const pixels = [0, 1, 2].map((p) => shape("rect", { x: left + p * cell, y: 0, width: cell, height: cell }));
  const frame = shape("rect", { x: left, y: 0, width: PIXELS * cell, height: cell, class: "frame" });
  return shape("g", { class: "strip" }, ...pixels, frame);
}

function paintStrip(group, point) {
  const most = largest(point.map((value) => Math.max(0, value)));
  point.forEach((value, p) => {
    const grey = Math.round((255 * Math.max(0, value)) / most);
    group.children[p].setAttribute("class", value < 0 ? "below" : "");
    group.children[p].setAttribute("fill", `rgb(${grey} ${grey} ${grey})`);
  });
}

function moveTo(element, [x, y]) {
  element.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
}

export class Triangle {
  /** Kinds of points are "images" and "parts". `move` is called while one moves, `rest` after that, `point` as it is pointed at. */
  constructor(place, { move, rest, point }) {
    Object.assign(this, { move, rest, point });
    this.layers = ["cone", "lines", "axes", "images", "parts"].map((name) => shape("g", { class: name }));
    [this.cone, this.lines, this.axes, this.images, this.parts] = this.layers;
    this.hull = shape("polygon", { class: "hull" });
    this.cone.append(this.hull);
    const label = "Images and parts of three pixels, as points that can be moved";
    const viewBox = `0 0 ${VIEW.width} ${VIEW.height}`;
    this.svg = shape("svg", { viewBox, role: "group", "aria-label": label }, ...background(), ...this.layers);
    place.append(this.svg);
  }

  /** Draws a world: images, parts and their sums with errors, the mean with axes, and which image is shown. */
  draw(world) {
    this.world = world;
    const { images, parts, nmf } = world;
    this.hull.setAttribute("points", corners(parts));
    this.fill("parts", parts, partHandle);
    this.fill("images", images, imageHandle);
    this.lines.replaceChildren(...images.flatMap((image, i) => (nmf.errors[i] > OUTSIDE ? residual(image, nmf.sums[i]) : [])));
    this.axes.replaceChildren(...axesOf(world.pca));
  }

  /** Brings the points of a kind where they are; new ones are made only if their number has changed, so that the focus stays. */
  fill(kind, points, handleOf) {
    const group = this[kind];
    if (group.childElementCount !== points.length) {
      group.replaceChildren(...points.map((_, index) => this.listen(handleOf(index), kind, index)));
    }
    points.forEach((point, index) => {
      const handle = group.children[index];
      moveTo(handle, placeOf(point));
      paintStrip(handle.querySelector(".strip"), point);
      handle.classList.toggle("outside", kind === "images" && this.world.nmf.errors[index] > OUTSIDE);
      handle.classList.toggle("shown", kind === "images" && index === this.world.shown);
      handle.setAttribute("aria-valuenow", Math.round(100 * point[1]));
      handle.setAttribute("aria-valuetext", this.textOf(kind, index));
    });
  }

  /** Describes a point. */
  textOf(kind, index) {
    const { [kind]: points, nmf } = this.world;
    const error = kind === "images" ? `; error ${errorText(nmf.errors[index])}` : "";
    return `intensities ${intensities(points[index])}${error}`;
  }

  listen(handle, kind, index) {
    handle.addEventListener("pointerdown", (event) => this.grab(event, kind));
    handle.addEventListener("pointermove", (event) => {
      if (this.dragged === handle) this.move(kind, index, closestInside(this.pointUnder(event)));
    });
    for (const end of ["pointerup", "pointercancel"]) {
      handle.addEventListener(end, () => {
        if (this.dragged !== handle) return;
        this.dragged = null;
        handle.classList.remove("dragged");
        this.rest(kind, index);
      });
    }
    handle.addEventListener("keydown", (event) => this.key(event, kind, index));
    for (const event of ["pointerenter", "focus"]) handle.addEventListener(event, () => !this.dragged && this.point(kind, index));
    return handle;
  }

  /** Begins to drag the closest point of a kind: the one on top may be another where points overlap. */
  grab(event, kind) {
    event.preventDefault();
    const at = this.pointUnder(event);
    const distances = this.world[kind].map((point) => Math.hypot(...moved(point, at, -1)));
    this.dragged = this[kind].children[distances.indexOf(Math.min(...distances))];
    this.dragged.focus({ preventScroll: true });
    this.dragged.setPointerCapture(event.pointerId);
    this.dragged.classList.add("dragged");
  }

  pointUnder({ clientX, clientY }) {
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return pointAt([(x - VIEW.left) / VIEW.side, (VIEW.bottom - y) / VIEW.side]);
  }

  key(event, kind, index) {
    const by = { PageDown: 1, PageUp: -1 }[event.key];
    if (by) return this.pass(event, kind, index + by);
    const step = STRIDES[event.key];
    if (!step) return undefined;
    event.preventDefault();
    const [x, y] = planeOf(this.world[kind][index]);
    const length = event.shiftKey ? STRIDE / 4 : STRIDE;
    this.move(kind, index, closestInside(pointAt([x + length * step[0], y + length * step[1]])));
    return this.rest(kind, index);
  }

  /** Moves the focus to another point of the kind; the Tab key stops at one of its points only. */
  pass(event, kind, to) {
    event.preventDefault();
    const handles = [...this[kind].children];
    if (!(to in handles)) return;
    handles.forEach((handle, index) => handle.setAttribute("tabindex", index === to ? 0 : -1));
    handles[to].focus();
  }
}

/** Returns the outline, faint lines of equal intensity, and the corners with their images. */
function background() {
  const lines = [0, 1, 2].flatMap((pixel) => [0.25, 0.5, 0.75].map((value) => levelOf(pixel, value)));
  const whole = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
  const texts = whole.map((corner, p) => {
    const image = strip(14);
    paintStrip(image, corner);
    const [x, y] = placeOf(corner);
    const [isTop, left] = [p === 1, x - 40];
    moveTo(image, isTop ? [left, y - 7] : [x, y + 14]);
    const words = shape("text", { x: isTop ? left - 28 : x, y: isTop ? y + 5 : y + 46, "text-anchor": isTop ? "end" : "middle" });
    words.textContent = `only pixel ${p + 1}`;
    return shape("g", {}, image, words);
  });
  return [...lines, shape("polygon", { class: "rim", points: corners(whole) }), ...texts];
}

/** Returns the line on which a pixel has an intensity. */
function levelOf(pixel, value) {
  const ends = [1, 2].map((by) => [0, 1, 2].map((p) => (p === pixel ? value : p === (pixel + by) % 3 ? 1 - value : 0)));
  return lineBetween(...ends, "level");
}

function lineBetween(from, to, name) {
  const [[x1, y1], [x2, y2]] = [placeOf(from), placeOf(to)];
  return shape("line", { x1, y1, x2, y2, class: name });
}

/** Returns the line from an image to its best sum of parts, whose brightness is divided out too; none to a black sum. */
function residual(image, sum) {
  const all = sum[0] + sum[1] + sum[2];
  return all > 0 ? [lineBetween(image, sum.map((value) => value / all), "residual")] : [];
}

/** Below this variance, the images lie on a line: the second axis stands for nothing. */
const FLAT = 1e-9;

/** Returns the mean, and each axis in both directions beyond the rim, with the image at each end. */
function axesOf({ mean, axes }) {
  const marks = axes.flatMap(({ direction, variance }, index) =>
    variance > FLAT ? [1, -1].flatMap((sign) => halfAxis(mean, direction.map((value) => sign * value), sign, index)) : []);
  const [cx, cy] = placeOf(mean);
  return [...marks, shape("path", { class: "mean", d: `M${cx - 7} ${cy}h14M${cx} ${cy - 7}v14` })];
}

function halfAxis(mean, direction, sign, index) {
  const { at, pixel } = exitOf(mean, direction);
  const end = moved(mean, direction, at + Math.min(BELOW / -direction[pixel], FARTHEST));
  const exit = moved(mean, direction, at);
  const [[x, y], [ex, ey]] = [placeOf(exit), placeOf(end)];
  const angle = (Math.atan2(ey - y, ex - x) * 180) / Math.PI;
  const image = strip(9);
  paintStrip(image, end);
  const length = Math.hypot(ex - x, ey - y) || 1;
  const name = shape("text", { y: -5, "text-anchor": "middle" });
  name.textContent = `${sign > 0 ? "+" : "\u2212"} axis ${index + 1}`;
  const words = `${name.textContent}: beyond the rim, pixel ${pixel + 1} is negative: ${intensities(end)}`;
  const label = shape("g", { class: "end", role: "img", "aria-label": words }, shape("g", { class: "size" }, name, image));
  moveTo(label, [ex + (32 * (ex - x)) / length, ey + (22 * (ey - y)) / length + 2]);
  return [
    lineBetween(mean, exit, "axis"), lineBetween(exit, end, "axis beyond"),
    shape("circle", { cx: x, cy: y, r: 4.5, class: "exit" }),
    shape("path", { class: "tip", d: "M0 0l-10 -4.5v9z", transform: `translate(${ex} ${ey}) rotate(${angle})` }),
    label,
  ];
}

function handleOf(properties, ...shapes) {
  const most = { "aria-valuemin": 0, "aria-valuemax": 100, "aria-roledescription": "movable point" };
  return shape("g", { role: "slider", ...most, ...properties }, shape("g", { class: "size" }, ...shapes));
}

function partHandle(index) {
  const letter = shape("text", { y: 5, "text-anchor": "middle" });
  letter.textContent = LETTERS[index];
  const image = shape("g", { transform: "translate(0 16)" }, strip(9));
  return handleOf(
    { class: "part", tabindex: 0, "aria-label": `Part ${LETTERS[index]}` },
    shape("circle", { r: 18, class: "reach" }), shape("circle", { r: 12, class: "dot" }), letter, image,
  );
}

function imageHandle(index) {
  const image = shape("g", { transform: "translate(0 6.5)" }, strip(6));
  return handleOf(
    { class: "point", tabindex: index === 0 ? 0 : -1, "aria-label": `Image ${index + 1}` },
    shape("circle", { r: 12, class: "reach" }), shape("circle", { r: 4.5, class: "spot" }), image,
  );
}
