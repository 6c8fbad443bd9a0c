// The scatter of the atlas on a canvas: axes, dots, the line that is drawn around them, and what pointer and keys do.

import { atNextFrame, figure } from "../drawing/dom.js";
import { apart, dotAt, dotTowards, dotsWithin, scaleOf } from "./plane.js";
import { hasBand, placeInBand, zerosOf } from "./zeros.js";

const EDGE = { left: 58, right: 18, top: 16, bottom: 62 };
/** The breadth of a band for the weight 0, as a fraction of the plot and at most, and the room at its edges. */
const BAND = { share: 0.2, most: 76, edge: 0.1 };
/** How close to a dot the pointer must be, and how far it moves until it draws a line. */
const REACH = 16;
const DRAWN = 6;
/** The number of dots up to which they are drawn at their full size. */
const FEW = 400;
const OUTLINE = "#1b1f24";
/** The longer side of a picture in the plot, and the space around it. */
const PICTURE = 34;
const AROUND = 4;
const FRAME = 1.5;

export class AtlasPlot {
  /** `point(index)` is called with the dot that is pointed at or null, `choose(index)`, `toggle(index)` and `select(indices)`. */
  constructor(run, canvas, acts) {
    Object.assign(this, { canvas, acts, line: null, current: null, pictures: [], boxes: [0, 0] });
    this.redraw = atNextFrame(() => this.view && this.draw(this.view));
    this.listen();
    const observer = new ResizeObserver(() => this.redraw());
    observer.observe(canvas);
    run.signal.addEventListener("abort", () => observer.disconnect());
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.follow(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("pointercancel", () => this.setLine(null));
    canvas.addEventListener("pointerleave", () => !this.line && this.point(null));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("focus", () => this.view && canvas.matches(":focus-visible") && this.point(this.view.chosen));
    canvas.addEventListener("blur", () => this.point(null));
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.setLine([this.under(event)]);
  }

  follow(event) {
    const at = this.under(event);
    if (!this.line) return this.point(this.imageAt(at));
    return this.setLine([...this.line, at]);
  }

  up(event) {
    const { line } = this;
    this.setLine(null);
    if (!line) return;
    if (isDrawn(line)) {
      const within = dotsWithin(this.places, line);
      // A line around nothing, as a swipe is, leaves the selection as it is.
      if (within.length > 0) this.acts.select(within);
      return;
    }
    const index = this.imageAt(this.under(event));
    this.point(index);
    if (index !== null) this.acts.choose(index);
  }

  key(event) {
    const index = this.current ?? this.view.chosen;
    const acts = { Enter: () => this.acts.choose(index), " ": () => this.acts.toggle(index), Escape: () => this.acts.select([]) };
    const act = event.key.startsWith("Arrow") ? () => this.point(dotTowards(this.places, index, event.key)) : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  point(index) {
    if (index === this.current) return;
    this.current = index;
    this.acts.point(index);
    this.redraw();
  }

  setLine(line) {
    this.line = line;
    this.redraw();
  }

  /** Returns the image whose picture covers a place, or else the one with the closest dot in reach; null if there is none. */
  imageAt([x, y]) {
    const isNear = (place, at, side) => Math.abs(place - at) <= side / 2;
    const isOver = (image) => isNear(this.places[image][0], x, this.boxes[0]) && isNear(this.places[image][1], y, this.boxes[1]);
    return this.pictures.find(isOver) ?? dotAt(this.places, [x, y], REACH);
  }

  under({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    return [clientX - box.left, clientY - box.top];
  }

  /**
   * Draws a view: `across` and `up` with the name and the weights of all images each, the label of an image, the selected
   * images as a set, the chosen image, and `pictureOf`, which returns a canvas with an image, or null for dots alone.
   */
  draw(view) {
    this.view = view;
    const { canvas } = this;
    const [width, height, ratio] = [canvas.clientWidth, canvas.clientHeight, devicePixelRatio];
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    const context = canvas.getContext("2d");
    const ink = inkOf(canvas);
    context.scale(ratio, ratio);
    const frame = { left: EDGE.left, right: width - EDGE.right, top: EDGE.top, bottom: height - EDGE.bottom };
    const [x, y] = scalesOf(view, frame);
    this.places = [...view.across.weights].map((weight, image) => {
      const [across, up] = placeInBand(image);
      return [x.at(weight, across), y.at(view.up.weights[image], up)];
    });
    drawAxes(context, { view, frame, ink, x, y });
    drawDots(context, this.places, view, ink);
    this.drawPictures(context, ink);
    for (const [index, radius] of [[view.chosen, 9], [this.current, 12]]) {
      if (index !== null) drawMark(context, this.places[index], this.pictures.includes(index) ? this.boxes : radius, ink);
    }
    if (this.line && isDrawn(this.line)) drawLine(context, this.line, ink);
  }

  /** Draws pictures at some of the dots, the selected ones if there are any, with frames in the colours of their labels. */
  drawPictures(context, ink) {
    const { places, view: { key, labelOf, selected, pictureOf, chosen } } = this;
    this.pictures = [];
    if (!pictureOf) return;
    const { width, height } = pictureOf(chosen);
    const sides = [width, height].map((side) => (PICTURE * side) / Math.max(width, height));
    this.boxes = sides.map((side) => side + AROUND);
    this.pictures = apart(places, selected.size ? selected : places.keys(), chosen, this.boxes);
    context.imageSmoothingEnabled = false;
    for (const image of this.pictures) {
      const [x, y] = places[image].map((place, axis) => place - sides[axis] / 2);
      context.fillStyle = labelOf(image).colour ?? ink[key];
      context.fillRect(x - FRAME, y - FRAME, sides[0] + 2 * FRAME, sides[1] + 2 * FRAME);
      context.drawImage(pictureOf(image), x, y, ...sides);
    }
  }
}

/** Checks whether a line is more than a click. */
function isDrawn(line) {
  return line.some(([x, y]) => Math.hypot(x - line[0][0], y - line[0][1]) > DRAWN);
}

/** Returns the colours of the page and its font. */
function inkOf(canvas) {
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const names = ["quiet", "hairline", "paper", "mark", "nmf", "pca"];
  return { ...Object.fromEntries(names.map((name) => [name, colour(name)])), font: style.fontFamily };
}

/**
 * Returns the two axes with their values: `at` returns the place of a weight, and `band` the ends of the band for the weight 0,
 * or null. In a band, the place also depends on `share`, from 0 to 1.
 */
function scalesOf({ across, up }, { left, right, top, bottom }) {
  const between = (axis, from, to) => {
    const { low, high, ticks } = scaleOf(axis.weights);
    const breadth = Math.sign(to - from) * Math.min(BAND.most, BAND.share * Math.abs(to - from));
    const room = (Math.sign(to - from) * (PICTURE + AROUND)) / 2;
    const band = hasBand(axis) ? [from, from + breadth] : null;
    const [start, end] = [(band ? band[1] : from) + room, to - room];
    const at = (weight, share = 0.5) => {
      if (band && weight === 0) return from + breadth * (BAND.edge + (1 - 2 * BAND.edge) * share);
      return start + ((weight - low) / (high - low)) * (end - start);
    };
    return { ticks, at, band };
  };
  return [between(across, left, right), between(up, bottom, top)];
}

function drawAxes(context, { view, frame: { left, right, top, bottom }, ink, x, y }) {
  const lineTo = (x1, y1, x2, y2, colour, width) => {
    Object.assign(context, { strokeStyle: colour, lineWidth: width });
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  };
  const write = (text, px, py, align) => {
    context.textAlign = align;
    context.fillText(text, px, py);
  };
  Object.assign(context, { fillStyle: ink.hairline, globalAlpha: 0.5 });
  if (x.band) context.fillRect(x.band[0], top, x.band[1] - x.band[0], bottom - top);
  if (y.band) context.fillRect(left, y.band[0], right - left, y.band[1] - y.band[0]);
  context.globalAlpha = 1;
  const zeros = zerosOf(view.across, view.up);
  Object.assign(context, { font: `13px ${ink.font}`, fillStyle: ink.quiet, textBaseline: "middle" });
  const lineAt = (tick, { band }, ...ends) => {
    if (!band || tick !== 0) lineTo(...ends, tick === 0 ? ink.quiet : ink.hairline, tick === 0 ? 2 : 1);
  };
  for (const tick of x.ticks) {
    lineAt(tick, x, x.at(tick), top, x.at(tick), bottom);
    write(figure(tick), x.at(tick), bottom + 14, "center");
  }
  for (const tick of y.ticks) {
    lineAt(tick, y, left, y.at(tick), right, y.at(tick));
    write(figure(tick), left - 8, y.at(tick), "right");
  }
  if (x.band) write(`(${zeros.across})`, x.at(0), bottom + 30, "center");
  if (y.band) write(`(${zeros.up})`, left - 8, y.at(0) + 16, "right");
  Object.assign(context, { font: `600 14px ${ink.font}`, fillStyle: ink[view.key] });
  write(view.across.name, (left + right) / 2, bottom + 46, "center");
  context.save();
  context.translate(14, (top + bottom) / 2);
  context.rotate(-Math.PI / 2);
  write(view.up.name, 0, 0, "center");
  context.restore();
}

/** Draws all dots, those that are not selected faintly if some are. */
function drawDots(context, places, { key, labelOf, selected }, ink) {
  const radius = places.length > FEW ? 4 : 5;
  const usual = places.length > FEW ? 0.8 : 0.95;
  const outlines = new Map();
  const order = [...places.keys()].sort((a, b) => selected.has(a) - selected.has(b));
  for (const image of order) {
    const { mark, colour } = labelOf(image);
    if (!outlines.has(mark)) outlines.set(mark, new Path2D(mark));
    context.save();
    context.translate(...places[image]);
    context.scale(radius, radius);
    context.globalAlpha = selected.size === 0 || selected.has(image) ? usual : 0.16;
    Object.assign(context, { fillStyle: colour ?? ink[key], strokeStyle: OUTLINE, lineWidth: 0.7 / radius });
    context.fill(outlines.get(mark));
    context.stroke(outlines.get(mark));
    context.restore();
  }
}

/** Draws a ring with a radius around a dot, or a frame around a picture with two sides. */
function drawMark(context, [x, y], size, ink) {
  for (const [colour, width] of [[ink.paper, 5], [ink.mark, 2.5]]) {
    Object.assign(context, { strokeStyle: colour, lineWidth: width });
    context.beginPath();
    if (Array.isArray(size)) context.rect(x - size[0] / 2, y - size[1] / 2, ...size);
    else context.arc(x, y, size, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** Draws the line around dots, closed. */
function drawLine(context, line, ink) {
  Object.assign(context, { strokeStyle: ink.mark, fillStyle: ink.mark, lineWidth: 2 });
  context.beginPath();
  for (const [x, y] of line) context.lineTo(x, y);
  context.closePath();
  context.stroke();
  context.globalAlpha = 0.12;
  context.fill("evenodd");
  context.globalAlpha = 1;
}
