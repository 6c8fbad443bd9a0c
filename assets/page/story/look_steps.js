// The steps of the story on parts and eigenimages.

import { count, percent } from "../drawing/dom.js";
import { largest } from "../drawing/paint.js";
import { change, inFocus, onChange, state } from "../run/state.js";
import { step } from "../sections/galleries.js";
import { blackPixels } from "./black.js";
import { ranges } from "./guesses.js";

/** A pixel counts as covered by a part where it has at least this fraction of its maximum. */
const COVERS = 0.1;
/** The parts to look at. */
const SEVERAL = 3;

export function lookSteps(run) {
  return [fewNumbers(run), onePart(run)];
}

/** Returns the number of pixel values of all images, and that of the numbers of the factorisation. */
export function sizesOf({ report: { input, nmf } }) {
  const pixels = input.width * input.height;
  return { values: input.images * pixels, needed: nmf.rank * (input.images + pixels) };
}

/** Returns a number with commas. */
export function thousands(number) {
  return number.toLocaleString("en");
}

function fewNumbers(run) {
  const { input, nmf } = run.report;
  const { values, needed } = sizesOf(run);
  const parts = count(nmf.rank, "part");
  const images = `${count(input.images, "image")} of ${input.width}x${input.height} pixels`;
  let before = null;
  return {
    id: "few", section: "look", title: "How many numbers", target: ["#chosen-name", "#chosen-row"], control: "#next",
    question: `${images} are ${thousands(values)} values. How many numbers do ${parts} and the weights of all images take?`,
    options: () => ranges(needed / values, [0.1, 0.5], [
      "less than a tenth of that", "a tenth to a half of that", "more than half of that",
    ]),
    task: "Go to another image with ▶. Do the parts beside it change?",
    begin: () => (before = state.image),
    isDone: () => state.image !== before || run.count === 1,
    show: () => step(run, 1),
    number() {
      const share = percent(needed / values);
      return (
        `${parts} and ${count(nmf.rank, "weight")} per image are ${thousands(needed)} numbers, ${share} of the pixel ` +
        "values."
      );
    },
    why: () => (nmf.rank === 1
      ? "All images share the same part. Only its weight differs from image to image."
      : "All images share the same parts. Only the weights differ from image to image."),
  };
}

function onePart(run) {
  const { parts, separated } = run.report;
  const { middle, isSome } = coverageOf(run);
  const black = isSome ? " Pixels that are black in every image are not counted." : "";
  const wanted = Math.min(SEVERAL, run.rank);
  const seen = new Set();
  onChange(() => inFocus("parts") && seen.add(inFocus("parts").index));
  return {
    id: "part", section: "look", title: "One part", target: ["#look-nmf h3", "#parts"], control: "#parts [tabindex='0']",
    question:
      "How many pixels does a typical part of the NMF cover? A pixel counts where the part has at least a tenth of its " +
      `maximum.${black}`,
    options: () => ranges(middle, [0.25, 0.5], ["less than a quarter of all", "a quarter to a half", "more than half"]),
    task:
      `Point at ${wanted === 1 ? "the part" : `${wanted} different parts`}, or move there with the arrow keys. Where in ` +
      "the image is each?",
    begin: () => seen.clear(),
    isDone: () => seen.size >= wanted,
    show() {
      for (let index = 0; index < wanted; index++) seen.add(index);
      change({ kept: { kind: "parts", index: 0 } });
    },
    number: () => coverageText(run),
    why() {
      if (run.rank === 1) return "All images use the only part, so it has intensity wherever many of them have.";
      const reason =
        "Parts are only added: what one adds where an image is dark, no other can take away. That favours small parts, " +
        "but does not force them";
      const { sentence, remedy } = parts.verdict;
      if (!remedy) return `${reason}.`;
      const beside = separated
        ? `. Below are the parts of a second fit with ${separated.option}`
        : `; ${remedy} penalises overlap`;
      return `${reason}: here ${sentence}${beside}.`;
    },
  };
}

/** Returns how many of the pixels the parts cover, as fractions: the least, the middle and the most of them. */
function coverageOf(run) {
  const { isBlack, all } = blackPixels(run);
  const shares = Array.from({ length: run.rank }, (_, index) => coveredBy(run, index, isBlack, run.pixels - all));
  shares.sort((a, b) => a - b);
  return { least: shares[0], middle: shares[Math.floor((run.rank - 1) / 2)], most: shares.at(-1), isSome: all > 0 };
}

/** Returns the fraction of pixels that a part covers, without those that are black in every image. */
function coveredBy(run, index, isBlack, others) {
  const part = run.kinds.parts.basisImage(index);
  const most = largest(part);
  return part.filter((value, p) => most > 0 && !isBlack[p] && value >= COVERS * most).length / Math.max(1, others);
}

/** Returns how many pixels the parts cover, in a sentence. */
export function coverageText(run) {
  const { least, middle, most, isSome } = coverageOf(run);
  const [low, middling, high] = [least, middle, most].map((share) => percent(share, 0));
  const pixels = isSome ? "the pixels that are not black in every image" : "the pixels";
  if (run.rank === 1) return `The part covers ${middling} of ${pixels}.`;
  return `Half of the ${run.rank} parts cover at most ${middling} of ${pixels}; the smallest covers ${low}, the largest ${high}.`;
}
