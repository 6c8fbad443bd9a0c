// The steps of the story on the recipe of the chosen image.

import { errorText, percent } from "../drawing/dom.js";
import { reconstruct, relativeError } from "../run/algebra.js";
import { state } from "../run/state.js";
import { ranges } from "./guesses.js";

export function recipeSteps(run, { recipes: { parts, eigenimages } }) {
  return [withoutFirst(run, parts), builtUp(run, parts), cancelling(run, eigenimages)];
}

/** Returns the error of the chosen image with some of the terms of its recipe, at their fitted weights. */
function errorWith(run, recipe, isUsed) {
  const weights = recipe.learned.map((weight, index) => (isUsed(index) ? weight : 0));
  return relativeError(recipe.image, reconstruct(recipe.kind.basis, weights, run.pixels), recipe.known);
}

function withoutFirst(run, recipe) {
  const { remedy } = run.report.parts.verdict;
  const first = () => recipe.order[0];
  const whole = () => recipe.kind.errors[recipe.at];
  const without = () => errorWith(run, recipe, (index) => index !== first());
  return {
    id: "remove", section: "recipe", title: "Without one part", control: "#recipe-nmf .terms input[type=checkbox]",
    target: ["#recipe-nmf .trio", "#readout-parts", "#recipe-nmf .terms li:first-child"],
    question: "The first term of the recipe adds the most intensity. How does the error of this image change without it?",
    options: () => ranges(without() / Math.max(whole(), 1e-9), [1.5, 3], [
      "hardly: less than 1.5 times as large", "1.5 to 3 times as large", "more than 3 times as large",
    ]),
    task: "Switch the first term of the NMF off, with the box at its right, and leave the others on. What disappears?",
    isDone: () => recipe.uses.every((isOn, index) => isOn === (index !== first()) || recipe.weights[index] === 0),
    show() {
      recipe.restore();
      recipe.set(first(), recipe.weights[first()], false);
    },
    number: () => `The error of this image goes from ${errorText(whole())} to ${errorText(without())} without part ${first()}.`,
    why() {
      if (run.rank === 1) return "It is the only part: without it, nothing is left.";
      const others = remedy
        ? "Parts overlap here, so other parts may still show a shadow of it."
        : "A new fit would let other parts fill in some of it.";
      return `The other weights stay as they are. ${others}`;
    },
  };
}

function builtUp(run, recipe) {
  const used = () => recipe.order.filter((index) => recipe.learned[index] !== 0);
  /** The error with some of the terms; with all of them it is that of the report. */
  const errorOf = (terms) => {
    const isAll = terms.length === used().length;
    return errorText(isAll ? recipe.kind.errors[recipe.at] : errorWith(run, recipe, (index) => terms.includes(index)));
  };
  return {
    id: "build", section: "recipe", title: "Built up",
    target: ["#recipe-nmf .trio", "#build-parts"], control: "#build-parts",
    question: "Now the image is built up from nothing, one part at a time. Can the sum become darker at any pixel on the way?",
    options: () => [
      { text: "no, at none", isRight: true },
      { text: "yes, at a few", isRight: false },
      { text: "yes, at most of them", isRight: false },
    ],
    task: "Press “Build up” under NMF, and watch the sum.",
    isDone: () => recipe.steps.childElementCount >= Math.min(3, used().length),
    show: () => recipe.timer || recipe.buildUp(),
    number() {
      const terms = used();
      if (terms.length === 0) return "This image uses no part.";
      const some = terms.length > 3 ? `, with 3 it is ${errorOf(terms.slice(0, 3))}` : "";
      const all = terms.length > 1
        ? `, and with all ${terms.length} that this image uses ${errorOf(terms)}`
        : "; this image uses no other";
      return `With 1 part the error is ${errorOf(terms.slice(0, 1))}${some}${all}.`;
    },
    why: () =>
      "Parts and weights are non-negative, so each term adds intensity and removes none. The N in NMF stands for " +
      "non-negative.",
  };
}

function cancelling(run, recipe) {
  const { nmf, pca } = run.report;
  const used = () => recipe.learned.filter((weight) => weight !== 0).length;
  return {
    id: "cancel", section: "recipe", title: "Plus and minus",
    target: ["#recipe-pca .trio", "#build-eigenimages"], control: "#build-eigenimages",
    question:
      "PCA adds and removes. Of all the intensity in the terms of all training images, the mean image included, how much " +
      "cancels?",
    amount: { unit: "%", most: 100, first: 50, answer: 100 * pca.parts.cancelled },
    task: "Press “Build up” under PCA, and watch the third picture: the intensity that cancels.",
    isDone: () => recipe.steps.childElementCount >= Math.min(2, used()),
    show: () => recipe.timer || recipe.buildUp(),
    number() {
      const [all, here] = [pca.parts.cancelled, recipe.kind.cancelled[state.image]].map((share) => percent(share));
      return `${all} of it cancels, in this image ${here}; in NMF, nothing does.`;
    },
    why() {
      const errors =
        `The error of PCA, with the mean as one image more, is ${errorText(pca.relative_error)}, that of NMF ` +
        `${errorText(nmf.relative_error)}.`;
      return `An eigenimage that others cancel is hard to see in the image. ${errors}`;
    },
  };
}
