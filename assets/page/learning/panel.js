// The section in which the page itself learns: its controls, and what is drawn while the worker is at work.

import { atNextFrame, byId, count, errorText } from "../drawing/dom.js";
import { step } from "../sections/galleries.js";
import { onChange } from "../run/state.js";
import { LiveCurve } from "./curve.js";
import { Learner, MOST_PARTS } from "./learner.js";
import { LiveRecipe } from "./recipe.js";

/** The choices of the sliders for the penalty on overlap and for the speed in iterations per second. */
const OVERLAPS = [0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
const SPEEDS = [1, 3, 10, 30, Infinity];

/** Returns the section; null if nothing can be learned here. */
export function startLive(run) {
  if (run.count < 2 || run.pixels < 2) {
    byId("live-body").hidden = true;
    byId("live-source").textContent = "Learning here needs at least two images of two pixels.";
    return null;
  }
  byId("live-source").textContent = sourceOf(run);
  const live = new Live(run);
  onChange((changed) => changed.has("image") && live.redraw());
  return live;
}

/** Returns which images are learned, if they are not those of the run. */
function sourceOf({ count: shown, reduced, width, height, known, report: { input } }) {
  const some = shown < input.images ? `This page holds ${shown} of the ${count(input.images, "image")}, evenly spread, and learns these only` : "";
  const small = reduced > 1 ? `${some ? ", at" : "The images are learned at"} ${width}x${height} pixels` : "";
  const differs = some || small ? `${some}${small}: parts and errors differ from those of the run.` : "";
  const unknown = known ? "Unknown pixels are filled with the sum of the parts before each update; no least error is known then." : "";
  return [differs, unknown].filter(Boolean).join(" ");
}

class Live {
  constructor(run) {
    Object.assign(this, { run, learner: null, report: null, least: null, isAtWork: false, isSeen: false, overlaps: OVERLAPS });
    this.curve = new LiveCurve(byId("live-curve"));
    this.recipe = new LiveRecipe(run, byId("live-images"), byId("live-parts"));
    this.redraw = atNextFrame(() => this.draw());
    this.listen();
    nameLearned(false);
    const observer = new IntersectionObserver(([{ isIntersecting }]) => {
      this.isSeen = isIntersecting;
      if (isIntersecting) this.prepare();
      this.redraw();
    });
    observer.observe(byId("live-body"));
    run.signal.addEventListener("abort", () => observer.disconnect());
  }

  listen() {
    const most = Math.min(MOST_PARTS, this.run.count, this.run.pixels);
    Object.assign(byId("live-rank"), { max: most, value: Math.min(most, this.run.rank) });
    byId("live-play").addEventListener("click", () => (this.isAtWork ? this.pause() : this.play()));
    byId("live-step").addEventListener("click", () => this.step());
    byId("live-restart").addEventListener("click", () => this.restart());
    byId("live-previous").addEventListener("click", () => step(this.run, -1));
    byId("live-next").addEventListener("click", () => step(this.run, 1));
    for (const id of ["live-rank", "live-seed", "live-hals", "live-mu"]) byId(id).addEventListener("input", () => this.restart());
    for (const id of ["live-overlap", "live-bounded"]) byId(id).addEventListener("input", () => this.change());
    byId("live-speed").addEventListener("input", () => this.learner?.change({ perSecond: this.settings().perSecond }));
    for (const id of ["live-rank", "live-overlap", "live-speed", "live-bounded", "live-hals", "live-mu"]) {
      byId(id).addEventListener("input", () => this.label());
    }
    this.label();
  }

  /** Returns what the controls say. */
  settings() {
    return {
      rank: Number(byId("live-rank").value),
      seed: Number(byId("live-seed").value) || 0,
      rule: byId("live-mu").checked ? "mu" : "hals",
      bounded: byId("live-bounded").checked,
      overlap: OVERLAPS[byId("live-overlap").value],
      perSecond: SPEEDS[byId("live-speed").value],
    };
  }

  /** Writes the values of the sliders, and disables controls that do not apply. */
  label() {
    const { rank, overlap, perSecond, rule, bounded } = this.settings();
    const speed = perSecond === Infinity ? "fastest" : `${perSecond} per second`;
    const values = { rank: String(rank), overlap: overlap === 0 ? "none" : String(overlap), speed };
    for (const [name, value] of Object.entries(values)) {
      byId(`live-${name}-value`).textContent = value;
      byId(`live-${name}`).setAttribute("aria-valuetext", value);
    }
    byId("live-bounded").disabled = rule === "mu";
    byId("live-mu").disabled = !bounded;
    byId("live-overlap").disabled = rule === "mu" || !bounded;
    this.redraw();
  }

  /** Starts the worker and a fit, once. */
  prepare() {
    if (this.learner) return;
    this.learner = new Learner(this.run, {
      onState: (report) => this.receive(report),
      onLeast: (least) => {
        this.least = least;
        this.redraw();
      },
      onFailure: () => (byId("live-text").textContent = "This browser allows no worker in this page, so nothing can be learned here."),
    });
    this.restart();
  }

  /** Begins from the start; goes on if it was at work. */
  restart() {
    if (!this.learner) return this.prepare();
    const { perSecond, ...settings } = this.settings();
    this.curve.restart();
    this.learner.start(settings);
    this.learner.change({ perSecond });
    if (this.isAtWork) this.learner.run();
    return undefined;
  }

  /** Takes the settings as the controls have them now; begins again if it has begun. */
  renew() {
    this.label();
    if (this.learner) this.restart();
  }

  play() {
    this.prepare();
    this.learner.run();
    this.setAtWork(true);
  }

  pause() {
    this.learner.pause();
    this.setAtWork(false);
  }

  step() {
    this.prepare();
    this.setAtWork(false);
    this.learner.run(1);
  }

  /** Changes the fit while it goes on; one that has ended goes on. */
  change() {
    const { bounded, overlap } = this.settings();
    this.learner?.change({ bounded, overlap });
    if (this.report?.hasEnded) this.play();
  }

  setAtWork(isAtWork) {
    this.isAtWork = isAtWork;
    byId("live-play").textContent = isAtWork ? "Pause" : "Play";
    byId("live-play").setAttribute("aria-pressed", String(isAtWork));
    document.body.classList.toggle("learns", isAtWork);
  }

  receive(report) {
    this.report = report;
    this.curve.add(report.errors);
    if (report.hasEnded) this.setAtWork(false);
    this.redraw();
  }

  /** Draws the last report; nothing while the section is out of sight. */
  draw() {
    if (!this.isSeen || !this.report) return;
    const { rank, basis } = this.report;
    const least = this.least ? this.least[rank] : null;
    const isSigned = !this.settings().bounded || basis.some((value) => value < 0);
    this.curve.draw(least, rank);
    this.recipe.draw(this.report, isSigned);
    nameLearned(isSigned);
    byId("live-text").textContent = readoutOf(this.report, this.curve.errors.at(-1), least);
    byId("live-angle").textContent = angleOf(this.report, isSigned);
  }
}

/** Names what is learned: parts, or signed images if both signs are allowed. */
function nameLearned(isSigned) {
  byId("live-rank-name").textContent = isSigned ? "Signed images" : "Number of parts";
  byId("live-parts-name").textContent = `The ${isSigned ? "signed images" : "parts"}, and their weights in the chosen image`;
  byId("live-scale").textContent = isSigned
    ? "Below each signed image is its weight in the chosen image. Red is positive and blue negative; a negative weight swaps them."
    : "Below each part is its weight in the chosen image. Black = 0, white = the maximum of the part.";
}

function readoutOf({ iteration, rank, errors, seconds, hasEnded }, error, least) {
  if (iteration === 0) return `Iteration 0: the fit begins with ${count(rank, "image")} drawn at random. Press Play.`;
  const floor = least === null ? "" : `; the least possible, with any sign, is ${errorText(least)}`;
  const time = errors.length ? ` ${Math.round((1000 * seconds) / errors.length)} ms per iteration.` : "";
  const end = hasEnded ? " The error hardly changes any more: the fit has ended." : time;
  return `Iteration ${iteration}: relative error ${errorText(error)}${floor}.${end}`;
}

function angleOf({ angle, rank }, isSigned) {
  if (angle === null) return "";
  return (
    `Largest angle between what the ${count(rank, isSigned ? "signed image" : "part")} can compose, with weights of any sign, and what the best ` +
    `${count(rank, "image")} can: ${angle.toFixed(1)}° (0°: the same pictures). The weakest direction decides it: it can be ` +
    "large while the errors are nearly equal."
  );
}
