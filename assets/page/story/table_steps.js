// The steps of the story on the weights of all images: in the table W, and by two of them in the atlas.

import { count, percent } from "../drawing/dom.js";
import { onChange } from "../run/state.js";
import { ranges } from "./guesses.js";
import { thousands } from "./look_steps.js";

/** The cells to look at. */
const CELLS = 3;
/** An image has much of a part if its weight is at least this fraction of the largest one. */
const MUCH = 0.5;
/** Chance alone rarely leads further from the expected number of images than this, in standard deviations. */
const BY_CHANCE = 2;
/** The least expected number of images from which a difference can be seen. */
const LEAST_EXPECTED = 5;

export function tableSteps(run, { blocks, atlas }) {
  return [zeroWeights(run, blocks), ...together(run, atlas)];
}

/** Returns how many of the weights of a method are exactly 0, as a fraction. */
function zeroShare({ count: images }, { rank, weight }) {
  let zeros = 0;
  for (let image = 0; image < images; image++) for (let index = 0; index < rank; index++) zeros += weight(image, index) === 0;
  return zeros / (images * rank);
}

function zeroWeights(run, blocks) {
  const { parts, eigenimages } = run.kinds;
  const [share, ofScores] = [parts, eigenimages].map((kind) => zeroShare(run, kind));
  const wanted = Math.min(CELLS, run.rank);
  const seen = new Set();
  onChange(() => {
    const { image, term } = blocks.pointed;
    if (image !== null && term && blocks.kind === parts) seen.add(term.index);
  });
  return {
    id: "zeros", section: "blocks", title: "The table of weights", target: ["#blocks-w"], control: "#blocks-w canvas",
    question:
      `W has ${thousands(run.count * run.rank)} weights of NMF, one per part and image. How many of them are exactly 0?`,
    amount: { unit: "%", most: 100, first: 50, answer: 100 * share },
    task: `Point at ${wanted === 1 ? "a cell" : `${wanted} cells in a row`} of W, or move there with the arrow keys. White is 0.`,
    begin() {
      seen.clear();
      if (blocks.kind !== parts) blocks.apply(parts.key);
    },
    isDone: () => seen.size >= wanted,
    show() {
      for (let index = 0; index < wanted; index++) seen.add(index);
      blocks.point({ image: blocks.images[0], term: blocks.terms[0] });
    },
    number() {
      const used = (run.rank * (1 - share)).toFixed(1);
      const scores = ofScores === 0 ? "no score is 0" : `${percent(ofScores)} of the scores are 0`;
      return `${percent(share)} of the weights are 0: an image uses ${used} of ${count(run.rank, "part")} on average. In PCA, ${scores}.`;
    },
    why: () =>
      "A weight stops at 0 where a negative one would fit better: the image does without the part. A score does not stop " +
      "there, so that nearly every image uses every eigenimage.",
  };
}

/** Whether images have much of the two parts of the largest shares together; no step if too few images have much of them. */
function together(run, atlas) {
  if (run.rank < 2) return [];
  const { weight, shares, units } = run.kinds.parts;
  const [a, b] = [...shares.keys()].sort((one, other) => shares[other] - shares[one]);
  const images = Array.from({ length: run.count }, (_, image) => image);
  const havingMuch = (index) => {
    const most = images.reduce((largest, image) => Math.max(largest, weight(image, index)), 0);
    return images.filter((image) => most > 0 && weight(image, index) >= MUCH * most);
  };
  const [first, second] = [a, b].map(havingMuch);
  const both = first.filter((image) => second.includes(image)).length;
  const expected = (first.length * second.length) / run.count;
  if (expected < LEAST_EXPECTED) return [];
  // The standard deviation of the number that a random choice of images has (of the hypergeometric distribution).
  const without = (run.count - first.length) * (run.count - second.length);
  const margin = BY_CHANCE * Math.sqrt((expected * without) / (run.count * (run.count - 1)));
  const step = {
    id: "together", section: "atlas", title: "Two parts together", target: ["#atlas-plot"], control: "#atlas-plot",
    question:
      `To the right, images have much of part ${a}: at least half of its largest weight. Upwards, they have much of part ${b}. ` +
      "How often do they have much of both?",
    options: () => ranges(both, [expected - margin, expected + margin], [
      "less often than by chance", "about as often as by chance", "more often than by chance",
    ]),
    begin() {
      atlas.apply(null);
      atlas.select([]);
    },
    task: `Draw a line around images at the right, or select one with Space. What do they share, and do they have part ${b}?`,
    isDone: () => atlas.selected.length > 0,
    show: () => atlas.select(first),
    number: () =>
      `Of ${count(run.count, "image")}, ${first.length} have much of part ${a}, ${second.length} of part ${b}, and ${both} of both; ` +
      `by chance, it would be about ${Math.round(expected)}, give or take ${Math.round(margin)}.`,
    why() {
      if (both < expected - margin) return `These two ${units} tend to be alternatives: images with much of one less often have much of the other.`;
      if (both > expected + margin) return `These two ${units} tend to go together. If their weights were always in one ratio, a single part would do for both.`;
      return `Much of one of these ${units} says little about the other, so that a single part could not do for both.`;
    },
  };
  return [step];
}
