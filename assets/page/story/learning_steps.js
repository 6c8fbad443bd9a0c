// The steps of the story in the two sections on learning.

import { byId, count, errorText, percent } from "../drawing/dom.js";
import { ranges } from "./guesses.js";

/** A trace of fewer iterations has no story. */
const FEWEST = 10;
/** The iterations after which a fit learned here says something. */
const SOME = 20;
/** The error counts as having reached the least one within this factor. */
const REACHED = 1.005;
/** The iterations after which the fit is judged even if it has not reached it. */
const ENOUGH = 300;
/** A pixel counts as negative if it is below this fraction of the largest magnitude of its basis image. */
const NEGATIVE = 0.01;

/** Returns the steps that this run has something to show for. */
export function learningSteps(run, { walk, live }) {
  return [...(walk ? progress(run, walk, live) : []), ...(live && !run.known ? [floor(live), unbounded(run, live)] : [])];
}

/** The recorded iterations; none if they are few, or if the error hardly falls. */
function progress(run, walk, live) {
  const { trace } = run.report.nmf;
  const [first, last] = [trace[0], trace.at(-1)];
  const tenth = trace.find(({ iteration }) => iteration >= last.iteration / 10);
  const fall = first.relative_error - last.relative_error;
  const share = (first.relative_error - tenth.relative_error) / fall;
  if (last.iteration < FEWEST || fall < 0.05 * first.relative_error || share > 1) return [];
  const samples = run.frames.at.some(({ sample }) => sample !== null);
  let earliest = Infinity;
  return [{
    id: "progress", section: "learning", title: "The iterations", control: "#play",
    target: ["#learning-body .row", "#curve", "#frame-images"],
    question:
      `The fit took ${last.iteration} iterations${samples ? " on all images" : ""}. ` +
      `How much of the fall of the error after iteration ${first.iteration} came by iteration ${tenth.iteration}?`,
    options: () => ranges(share, [1 / 3, 2 / 3], ["less than a third", "a third to two thirds", "more than two thirds"]),
    task: "Press Play, or move the slider from the first frame on, and watch the error and the picture.",
    begin() {
      earliest = Infinity;
      prepare(live);
    },
    isDone() {
      earliest = Math.min(earliest, walk.at);
      return earliest <= 1 && walk.at >= Math.min(walk.last, earliest + 4);
    },
    show: () => walk.timer || walk.play(),
    number() {
      const errors = [first, tenth, last].map(({ iteration, relative_error: error }) => `${errorText(error)} after ${iteration}`);
      return (
        `The error was ${errors[0].replace("after", "after iteration")}, ${errors[1]} and ${errors[2]}: ` +
        `${percent(share, 0)} of the fall after iteration ${first.iteration} came by iteration ${tenth.iteration}.`
      );
    },
    why: () =>
      "Almost every iteration improves the weights for these parts, and then the parts for these weights. What is left " +
      "to improve becomes less.",
  }];
}

/** Has the least errors found in the background, so that the line is drawn when the story comes to it. */
function prepare(live) {
  live?.prepare();
}

function floor(live) {
  const isReached = () => live.report && (live.report.iteration >= SOME || live.report.hasEnded);
  return {
    id: "floor", section: "live", title: "The dashed line", target: ["#live-bar", "#live-curve"], control: "#live-play",
    question: "The dashed line is the least error of as many images of any sign. Can NMF, with nothing below 0, fall below it?",
    options: () => [
      { text: "no, never", isRight: true },
      { text: "yes, with enough iterations", isRight: false },
      { text: "yes, with another seed", isRight: false },
    ],
    task: "Press Play, and wait for some iterations.",
    begin: () => prepare(live),
    isDone: () => Boolean(isReached() && live.least && live.settings().bounded),
    show() {
      if (!byId("live-bounded").checked) byId("live-bounded").click();
      live.play();
    },
    number: () =>
      `After ${count(live.report.iteration, "iteration")} the error is ${errorText(errorOf(live))}. The least possible ` +
      `is ${errorText(leastOf(live))}.`,
    why: () =>
      "Non-negative parts and weights are among those of any sign, so they cannot be better than the best of all. The " +
      "error of PCA can be below the line, because its mean makes it one image more.",
  };
}

/** What happens without the bound. The fit of the run stands for the error before, if none was learned here. */
function unbounded(run, live) {
  let before = { iteration: 0, error: run.report.nmf.relative_error, isHere: false };
  const isReached = () => errorOf(live) <= REACHED * leastOf(live);
  const negative = () => negativeIn(live.report);
  /** An outcome as an option: the error at the line or where it was, and parts with or without negative pixels. */
  const outcome = (text, isAtLine, isNegative) => {
    const isKnown = Boolean(live.report && live.least);
    const isError = () => (isAtLine ? isReached() : errorOf(live) >= run.margin * before.error);
    return { text, isRight: isKnown && isError() && negative() > 0 === isNegative };
  };
  return {
    id: "bound", section: "live", title: "Below 0", target: ["#live-bar", "#live-curve"], control: "#live-bounded",
    question: "Now allow negative values. What happens to the error and to the parts?",
    options: () => [
      outcome("the error falls to the line; signed images replace the parts", true, true),
      outcome("the error falls to the line; parts stay as they are", true, false),
      outcome("the error stays; signed images replace the parts", false, true),
      outcome("the error stays; parts stay as they are", false, false),
    ],
    task: "Untick “nothing below 0” while the page learns; press Play if it has stopped.",
    isDone() {
      const { report } = live;
      if (!report || !live.least) return false;
      if (live.settings().bounded) {
        if (report.iteration > 0) before = { iteration: report.iteration, error: errorOf(live), isHere: true };
        return false;
      }
      before.iteration = Math.min(before.iteration, report.iteration);
      const since = report.iteration - before.iteration;
      return since >= SOME / 2 && (isReached() || report.hasEnded || since >= ENOUGH);
    },
    show() {
      if (byId("live-mu").checked) byId("live-hals").click();
      if (byId("live-bounded").checked) byId("live-bounded").click();
      live.play();
    },
    number() {
      const [now, least, earlier] = [errorOf(live), leastOf(live), before.error].map(errorText);
      const then = before.isHere ? `before, it was ${earlier}` : `that of the fit of this run is ${earlier}`;
      return `The error is ${now}, the least possible ${least}; ${then}. ${negativeText(negative(), live.report.rank)}`;
    },
    why() {
      const approach = "Without the bound, the same rule approaches the best images of any sign.";
      if (live.report.rank === 1) return `${approach} The best single one needs no negative pixel, as the images have none.`;
      const wasReached = before.isHere && before.error <= REACHED * leastOf(live);
      if (wasReached) return `${approach} With nothing below 0, it came to the line, too.`;
      return (
        `${approach} With nothing below 0 no error is below the line. How far above it a fit ends also depends on its ` +
        "start: another seed may come closer."
      );
    },
  };
}

function errorOf(live) {
  return live.curve.errors.at(-1);
}

function leastOf(live) {
  return live.least[live.report.rank];
}

/** States how many of the parts have become signed images. */
function negativeText(negative, rank) {
  if (negative === 0) return rank === 1 ? "The image learned has no negative pixels." : "No image learned has negative pixels.";
  if (rank === 1) return "A signed image, with negative pixels, has replaced the part.";
  const number = negative === rank ? `All ${rank}` : `${negative} of ${rank}`;
  return `${number} parts are now signed images, with negative pixels.`;
}

/** Returns how many basis images of a report have negative pixels. */
function negativeIn({ basis, rank }) {
  const pixels = basis.length / rank;
  let found = 0;
  for (let index = 0; index < rank; index++) {
    const values = basis.subarray(index * pixels, (index + 1) * pixels);
    const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    if (values.some((value) => value < -NEGATIVE * most)) found++;
  }
  return found;
}
