// The steps of the story on other pictures: one that is inverted, one that is half covered, and the reader's own.

import { byId, count, errorText, percent } from "../drawing/dom.js";
import { blackPixels } from "./black.js";
import { ranges, winners } from "./guesses.js";

export function pictureSteps(run, { own, cover }) {
  return [inverted(run, own), halfHidden(run, cover), otherFolder(run)];
}

function inverted(run, own) {
  const names = Object.values(run.kinds).map(({ name }) => name);
  const which = run.heldOut ? "a held-out image" : "the chosen image";
  const ratio = () => (own.before && own.errors ? own.errors[names[0]] / own.before[names[0]] : NaN);
  return {
    id: "own", section: "own", title: "Another picture", target: ["#own-easel", "#own-invert"], control: "#own-invert",
    question:
      "The basis images were fitted to the training images. How well do the parts reconstruct " +
      `${which} with bright and dark exchanged?`,
    options: () => ranges(ratio(), [1.5, 3], [
      "about as well as before, or better", "worse: 1.5 to 3 times the error", "much worse: more than 3 times the error",
    ]),
    task: "Press “Invert” below the drawing board.",
    begin: () => own.takeChosen(),
    isDone: () => Boolean(own.before && own.errors),
    show: () => own.exchange(),
    number() {
      const changes = names.map((name) => `${name} from ${errorText(own.before[name])} to ${errorText(own.errors[name])}`);
      return `The errors change: ${changes.join(", ")}.`;
    },
    why() {
      const fit = ratio() > 1.5
        ? `the inverted picture has less of it.${unreached(run, own.image)}`
        : "here their sums also fit the inverted picture.";
      return `Basis images fit what the training images have in common; ${fit} Now draw something else.`;
    },
  };
}

/** States which part of the error of a picture comes from pixels that no basis image reaches; empty if there are none. */
function unreached(run, image) {
  const { isBlack, all } = blackPixels(run);
  if (all === 0) return "";
  const sum = (isCounted) => image.reduce((total, value, p) => total + (isCounted(p) ? value * value : 0), 0);
  const error = Math.sqrt(sum((p) => isBlack[p]) / sum(() => true));
  return (
    ` ${percent(all / run.pixels, 0)} of the pixels are black in every image and bright in this one: no basis image of either ` +
    `method reaches them, and they alone make an error of ${errorText(error)}.`
  );
}

function halfHidden(run, cover) {
  const seen = run.heldOut ? "" : " This one is a training image: the methods have seen it whole.";
  return {
    id: "hidden", section: "cover", title: "Hidden pixels", target: ["#cover-easel", "#cover-lower"], control: "#cover-lower",
    question: `Cover the lower half of this image. Which guess of its hidden pixels is closest?${seen}`,
    options: () => winners(cover.shown?.errors ?? [], run.margin, [
      "that of NMF", "that of PCA", "the mean image",
    ], "no clear winner (the best is not a tenth below the others)"),
    task: "Press “Cover the lower half”.",
    isDone: () => cover.preset === "lower" && cover.shown?.preset === "lower",
    show: () => cover.put("lower"),
    number: () => byId("cover-readout").firstChild.textContent,
    why() {
      const image = run.heldOut ? "This image was held out." : "This is a training image.";
      return (
        "The methods use what goes together with the visible pixels in the training images; the mean image knows nothing " +
        `of this picture. ${image} Another image, or another cover, may end otherwise.`
      );
    },
  };
}

/** An invitation: it needs files of the reader, without which there is nothing to judge by. */
function otherFolder(run) {
  return {
    id: "folder", section: "folder", title: "Your own images", target: ["#folder h2", "#folder .row"], control: "#folder-files",
    isInvitation: true,
    question: "Would the parts of other images look like these?",
    task: "If you have images at hand, choose or drop some, and watch their parts being learned. There is nothing to guess here.",
    isDone: () => run.isOwn,
    number: () => `This page now shows ${count(run.rank, "part")} of ${count(run.count, "image")} of yours.`,
    why: () =>
      "Nothing about any kind of image is built in. What varies together in the images tends to end up in the same part.",
  };
}
