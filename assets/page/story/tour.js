// A tour of six steps, each with a task; its texts depend on the results of this run.

import { byId, make, percent } from "../drawing/dom.js";
import { largest } from "../drawing/paint.js";
import { reveal } from "../sections/folds.js";
import { inFocus, state } from "../run/state.js";

export function startTour(run, things) {
  const tour = new Tour(stepsOf(run, things));
  byId("start-tour").addEventListener("click", () => tour.open(), { signal: run.signal });
  run.signal.addEventListener("abort", () => tour.close());
  return tour;
}

/** Each step: its place, the task, the check that it is done, and the explanation. */
function stepsOf(run, { recipes, cover }) {
  const { nmf, pca, parts } = run.report;
  const { remedy } = parts.verdict;
  const nmfRecipe = recipes.parts;
  const first = () => nmfRecipe.order[0];
  let [imageBefore, errorBefore, patch] = [0, 0, null];
  return [
    {
      title: "Many images", at: "next",
      task: `This page holds ${run.count} images. Go to another one: press ▶ below the image, or move the slider beside it.`,
      begin: () => (imageBefore = state.image),
      isDone: () => state.image !== imageBefore,
      explain: () => `Each is approximately composed of the same ${nmf.rank} parts, with other weights.`,
    },
    {
      title: "One part", at: "parts", isLive: true,
      task: "Point at one of the parts of NMF, or go there with Tab and the arrow keys. Where in the image is it?",
      isDone: () => inFocus("parts") !== null,
      explain: () => `${lit(run, inFocus("parts").index)} ${
        remedy
          ? `But here ${parts.verdict.sentence}; ${remedy} usually separates them.`
          : "Below the image are the images that use it most."
      }`,
    },
    {
      title: "Remove a part", at: "recipe-nmf", control: "#recipe-nmf .terms input[type=checkbox]",
      task: "In the recipe of the image, the first term adds the most intensity. Switch it off with the box at its right. What disappears?",
      begin: () => {
        nmfRecipe.restore();
        errorBefore = nmfRecipe.error;
      },
      isDone: () => nmfRecipe.uses.every((isOn, index) => isOn === (index !== first())),
      explain: () =>
        `Part ${first()} is gone, and the error went from ${percent(errorBefore)} to ${percent(nmfRecipe.error)}. ${remedy ? "Parts overlap here, so other parts may still show a shadow of it." : "The other weights stay as they are; a new fit would let other parts fill in some of it."} “Restore all” brings it back.`,
    },
    {
      title: "Only ever added", at: "build-parts",
      task: "Press “Build up” under NMF: the image is composed from nothing, in descending order of intensity.",
      isDone: () => nmfRecipe.steps.childElementCount >= 2,
      explain: () => "Each part adds intensity, and nothing is removed: the N in NMF stands for non-negative.",
    },
    {
      title: "Plus and minus", at: "build-eigenimages",
      task: "Now press “Build up” under PCA, and watch the third picture: the intensity that cancels.",
      isDone: () => recipes.eigenimages.steps.childElementCount >= 2,
      explain: () =>
        `The error of PCA, with the mean as one image more, is ${percent(pca.relative_error)}, that of NMF ${percent(nmf.relative_error)}; but ${percent(recipes.eigenimages.kind.cancelled[state.image])} of the intensity of all its terms cancels in this image, and ${percent(pca.parts.cancelled)} over all training images. An eigenimage that others cancel is hard to see in the image.`,
    },
    {
      title: "Hidden pixels", at: "cover-lower",
      task: "A patch of the image is covered, and each method guesses what is there. Press “Cover the lower half”, or paint over more of it: does either stay ahead of the mean image?",
      begin: () => {
        cover.coverPatch();
        patch = Uint8Array.from(cover.covered);
      },
      isDone: () => cover.covered.some((is, p) => is && !patch[p]),
      explain: () => `${byId("cover-readout").firstChild.textContent} The reasons are listed below the image. Now draw a picture of your own, and see how the parts reconstruct it.`,
    },
  ];
}

/** Returns the fraction of pixels that a part covers. */
function lit(run, index) {
  const part = run.kinds.parts.basisImage(index);
  const most = largest(part);
  const share = part.filter((value) => value > 0.1 * most).length / run.pixels;
  return `Part ${index} covers ${percent(share, 0)} of the pixels.`;
}

class Tour {
  constructor(steps) {
    Object.assign(this, { steps, at: 0, place: byId("tour") });
    this.title = make("h2", { id: "tour-title", tabIndex: -1 });
    this.words = make("p");
    this.found = make("p", { className: "found", "aria-live": "polite" });
    const button = (name, act) => {
      const made = make("button", { type: "button" }, name);
      made.addEventListener("click", act);
      return made;
    };
    this.before = button("Back", () => this.go(this.at - 1));
    this.after = button("Next", () => this.go(this.at + 1));
    this.there = button("Go there", () => this.goThere());
    this.way = make("p", { className: "what" });
    this.end = button("End the tour", () => this.close());
    this.place.replaceChildren(this.title, this.words, this.found, this.way, make("div", { className: "row" }, this.before, this.after, this.there, this.end));
  }

  /** Starts the tour, or returns to its present step. */
  open() {
    if (!this.place.hidden) return this.after.focus();
    this.place.hidden = false;
    return this.go(0);
  }

  close() {
    if (this.place.hidden) return;
    clearInterval(this.watch);
    this.unpoint();
    this.place.hidden = true;
    byId("start-tour").focus({ preventScroll: true });
  }

  go(at) {
    if (at === this.steps.length) return this.close();
    clearInterval(this.watch);
    this.unpoint();
    this.at = at;
    this.isDone = false;
    const step = this.steps[at];
    step.begin?.();
    this.title.textContent = `${at + 1} of ${this.steps.length}: ${step.title}`;
    this.words.textContent = step.task;
    this.found.textContent = "";
    this.before.disabled = at === 0;
    this.after.textContent = "Skip this";
    const target = reveal(byId(step.at));
    target.classList.add("pointed");
    (target.closest(".panel") ?? target).scrollIntoView({ block: target.matches(".panel") ? "start" : "nearest" });
    target.scrollIntoView({ block: "nearest" });
    this.title.focus({ preventScroll: true });
    this.watch = setInterval(() => this.look(), 200);
    return undefined;
  }

  /** Checks whether the task is done. */
  look() {
    const step = this.steps[this.at];
    if ((this.isDone && !step.isLive) || !step.isDone()) return;
    this.isDone = true;
    const found = `✓ ${step.explain()}`;
    if (this.found.textContent !== found) this.found.textContent = found;
    this.after.textContent = this.at === this.steps.length - 1 ? "Done" : "Next";
  }

  /** Returns the control with which the keyboard can do the task. */
  target() {
    const { control } = this.steps[this.at];
    if (control) return document.querySelector(control);
    const place = byId(this.steps[this.at].at);
    return place.matches("button, input") ? place : place.querySelector("[tabindex='0'], button, input");
  }

  goThere() {
    this.target()?.focus();
    this.way.textContent = "The keyboard focus is there now; press T to return here.";
  }

  unpoint() {
    this.way.textContent = "";
    document.querySelector(".pointed")?.classList.remove("pointed");
  }
}
