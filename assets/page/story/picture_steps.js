// The steps of the story on other pictures: one that is inverted, one that is half covered, and the reader's own.

import { byId, count, percent } from "../drawing/dom.js";
import { ranges, winners } from "./guesses.js";

export function pictureSteps(run, { own, cover }) {
  return [inverted(run, own), halfHidden(run, cover), otherFolder(run)];
}

function inverted(run, own) {
  const names = Object.values(run.kinds).map(({ name }) => name);
  const ratio = () => (own.before && own.errors ? own.errors[names[0]] / own.before[names[0]] : NaN);
  return {
    id: "own", section: "own", title: "Another picture", target: ["#own-easel", "#own-invert"], control: "#own-invert",
    question: "The parts were learned from these images. How well do they reconstruct one with bright and dark exchanged?",
    options: () => ranges(ratio(), [1.5, 3], [
      "about as well as before, or better", "worse: 1.5 to 3 times the error", "much worse: more than 3 times the error",
    ]),
    task: "Press “Invert” below the drawing board.",
    isDone: () => Boolean(own.before && own.errors),
    show: () => own.exchange(),
    number() {
      const changes = names.map((name) => `${name} from ${percent(own.before[name])} to ${percent(own.errors[name])}`);
      return `The errors change: ${changes.join(", ")}.`;
    },
    why() {
      const fit = ratio() > 1.5 ? "What no part contains, no sum of parts can show." : "Here their sums also fit the inverted picture.";
      return `The parts fit what the training images have in common. ${fit} Now draw something else.`;
    },
  };
}

function halfHidden(run, cover) {
  return {
    id: "hidden", section: "cover", title: "Hidden pixels", target: ["#cover-easel", "#cover-lower"], control: "#cover-lower",
    question: "Cover the lower half of the image. Which guess of the hidden pixels is closest?",
    options: () => winners(cover.shown?.errors ?? [], run.margin, [
      "that of NMF", "that of PCA", "the mean image",
    ], "none of them by a tenth"),
    task: "Press “Cover the lower half”.",
    isDone: () => cover.preset === "lower" && cover.shown?.preset === "lower",
    show: () => cover.put("lower"),
    number: () => byId("cover-readout").firstChild.textContent,
    why() {
      const image = run.heldOut ? "This image was held out." : "This is a training image: the methods have seen it whole.";
      return (
        "The methods use what goes together with the visible pixels in the training images; the mean image knows nothing " +
        `of this picture. ${image}`
      );
    },
  };
}

/** It needs files of the reader, so that the page cannot show it. */
function otherFolder(run) {
  return {
    id: "folder", section: "folder", title: "Your own images", target: ["#folder h2", "#folder .row"], control: "#folder-files",
    question: "Would the parts of other images look like these?",
    options: () => [
      { text: "yes, parts are the same for all images", isRight: false },
      { text: "no, parts are learned from the images", isRight: true },
    ],
    task: "Choose images of your own, and watch their parts being learned.",
    isDone: () => run.isOwn,
    number() {
      const whose = run.isOwn ? "of yours" : "that came with it";
      return `This page now shows ${count(run.rank, "part")} of ${count(run.count, "image")} ${whose}.`;
    },
    why: () =>
      "Nothing about any kind of image is built in. What varies together in the images tends to end up in the same part.",
  };
}
