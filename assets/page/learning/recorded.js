// The recorded iterations of the fit, with the curve of the error and the reconstruction of the chosen image.

import { gramOf, positiveWeights, productsOf, reconstruct, relativeError } from "../run/algebra.js";
import { byId, count, errorName, errorText, make, pictured, shape } from "../drawing/dom.js";
import { imageOf, knownOf, row } from "../run/data.js";
import { paintGrey, paintImage, whiteOf } from "../drawing/paint.js";
import { whenSeen } from "../drawing/seen.js";
import { resized } from "../drawing/resize.js";
import { numberIn } from "../run/pieces.js";
import { onChange, state } from "../run/state.js";

const BETWEEN_FRAMES = 160;
const CURVE = { width: 600, height: 170, left: 100, right: 10, top: 10, bottom: 24 };

/** Returns the section; null if there is nothing to show. */
export function startLearning(run) {
  const { frames } = run;
  if (frames.at.length < 2) {
    byId("learning-lead").textContent = run.report.nmf.stop === "given"
      ? "The parts were given, not learned: there are no iterations to show."
      : "The fit took a single iteration: there is nothing to show.";
    byId("learning-body").hidden = true;
    return null;
  }
  const end = frames.at.at(-1);
  const { trace, solver, penalties } = run.report.nmf;
  const rises = trace.some((moment, i) => i > 0 && moment.relative_error > 1.001 * trace[i - 1].relative_error);
  // A penalty may raise the error for the sake of its objective.
  const isPlain = !Object.values(penalties ?? {}).some((value) => value?.from || value?.to || value > 0);
  const why = rises && isPlain && solver.startsWith("hals") ? " The brief rise is an extrapolation step that overshot." : "";
  const samples = frames.at.filter(({ sample }) => sample !== null).length;
  const iterations = count(end.iteration, "iteration");
  const path = samples > 0 ? `of iterations on samples and of ${iterations} on all images` : `of ${iterations}`;
  const early = frames.at.filter(({ iteration }) => 2 * iteration <= end.iteration).length;
  const spread = samples === 0 && 2 * early > frames.at.length ? ", most of them in the first half" : "";
  byId("learning-lead").textContent =
    `From ${run.start} to the final parts, in ${count(frames.at.length, "frame")} ${path}${spread}. ` +
    `Each part is scaled to its own maximum.${why}`;
  const walk = new Walk(run);
  onChange((changed) => changed.has("image") && walk.redraw());
  run.signal.addEventListener("abort", () => walk.stop());
  return walk;
}

class Walk {
  constructor(run) {
    this.run = run;
    this.redraw = whenSeen(run, byId("learning-body"), () => this.draw());
    this.at = this.last = run.frames.at.length - 1;
    this.tiles = Array.from({ length: run.rank }, () => make("canvas"));
    byId("frame-parts").append(...this.tiles);
    this.original = pictured("the image");
    this.reconstructed = pictured("reconstructed from these parts");
    byId("frame-images").append(this.original.whole, this.reconstructed.whole);
    this.curve = new Curve(run.report.nmf.trace, run.report.bound);
    byId("curve").append(this.curve.drawing);
    this.slider = byId("frame");
    this.slider.max = this.at;
    this.slider.addEventListener("input", () => {
      this.stop();
      this.show(Number(this.slider.value));
    });
    byId("play").addEventListener("click", () => (this.timer ? this.stop() : this.play()));
  }

  play() {
    byId("play").textContent = "Pause";
    byId("play").setAttribute("aria-pressed", "true");
    if (this.at === this.last) this.show(0);
    this.timer = setInterval(() => {
      if (this.at === this.last) this.stop();
      else this.show(this.at + 1);
    }, BETWEEN_FRAMES);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    byId("play").textContent = "Play";
    byId("play").setAttribute("aria-pressed", "false");
  }

  /** Returns the frame that is shown, as a piece of the state in the address; null for the last one. */
  read() {
    return this.at === this.last ? null : String(this.at);
  }

  apply(text) {
    const at = text === null ? this.last : numberIn(text, 0, this.last);
    this.stop();
    this.show(at ?? this.last);
    return at === null ? `the last frame is ${this.last}` : "";
  }

  show(at) {
    this.at = at;
    this.redraw();
  }

  draw() {
    const { at, run } = this;
    const { height, width } = run.frames;
    const pixels = height * width;
    const parts = row(run.frameParts, at, run.rank * pixels);
    for (const [index, canvas] of this.tiles.entries()) paintGrey(canvas, row(parts, index, pixels), width, 255);
    const image = resized(imageOf(run, state.image), run, { height, width });
    // Recorded frames have 256 grey levels; the final parts have full precision.
    const isLast = at === this.last;
    const isEnd = isLast && pixels === run.pixels;
    const basis = isEnd ? run.kinds.parts.basis : parts;
    const known = pixels === run.pixels ? knownOf(run, state.image) : null;
    const weights = isEnd
      ? row(run.nmf_weights, state.image, run.rank)
      : positiveWeights(gramOf(basis, run.rank, pixels, known), productsOf(basis, run.rank, pixels, image, known));
    const reconstructed = reconstruct(basis, weights, pixels);
    const limit = whiteOf(run, image);
    paintImage(this.original.canvas, image, known, width, limit);
    paintGrey(this.reconstructed.canvas, reconstructed, width, limit);
    // The last frame is the model, whose figures are in the report.
    const ofImage = isLast ? run.nmf_errors[state.image] : relativeError(image, reconstructed, known);
    this.reconstructed.caption.textContent = `reconstructed: error ${errorText(ofImage)}`;
    const { iteration, relative_error: error, sample } = run.frames.at[at];
    const readout =
      sample === null
        ? `Iteration ${iteration} of ${run.frames.at.at(-1).iteration}: ${errorName(run.report)} ${errorText(error)} over all training images.`
        : `Iteration ${iteration} on samples: relative error ${errorText(error)} over a sample of ${count(sample, "image")}.`;
    byId("frame-text").textContent = readout;
    this.slider.value = at;
    this.slider.setAttribute("aria-valuetext", readout);
    this.curve.mark(run.frames.at[at]);
  }
}

/** Draws the error over the iterations on all images, with a dot at one of them, above the least error of as many images. */
class Curve {
  constructor(trace, bound) {
    const floor = bound ? [bound.relative_error] : [];
    const errors = trace.map((moment) => moment.relative_error);
    const last = trace.at(-1).iteration;
    const [low, high] = [Math.min(...floor, ...errors), Math.max(...errors)];
    const { width, height, left, right, top, bottom } = CURVE;
    this.x = (iteration) => left + ((width - left - right) * Math.log(iteration)) / Math.log(Math.max(2, last));
    this.y = (error) => top + ((height - top - bottom) * (high - error)) / Math.max(high - low, 1e-9);
    const points = trace.map((moment) => `${this.x(moment.iteration).toFixed(1)},${this.y(moment.relative_error).toFixed(1)}`);
    this.dot = shape("circle", { r: 6, class: "dot" });
    const text = (x, y, words, anchor = "start") => shape("text", { x, y, "text-anchor": anchor }, words);
    this.drawing = shape(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "The relative error over the iterations" },
      ...floor.flatMap((error) => [
        shape("line", { x1: left, x2: width - right, y1: this.y(error), y2: this.y(error), class: "floor" }),
        text(left + 8, this.y(error) - 6, `best ${count(bound.rank, "image")} of any sign: ${errorText(error)}`),
      ]),
      shape("polyline", { points: points.join(" "), class: "curve-line" }),
      text(left - 6, this.y(high) + 8, errorText(high), "end"),
      text(left - 6, this.y(low), errorText(low), "end"),
      text(left, height - 6, `iteration 1 (log scale)${low > 0 ? "; error axis not from 0" : ""}`),
      text(width - right, height - 6, String(last), "end"),
      this.dot,
    );
  }

  mark({ iteration, relative_error: error, sample }) {
    this.dot.setAttribute("visibility", sample === null ? "visible" : "hidden");
    this.dot.setAttribute("cx", this.x(iteration));
    this.dot.setAttribute("cy", this.y(error));
  }
}
