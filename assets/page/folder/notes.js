// Notes and warnings: on the images of the user, and on the result of the fit to them.

import { count, errorText } from "../drawing/dom.js";
import { MOST_PICTURES } from "./pictures.js";
import { sizeSentence } from "./sizes.js";

/** Where the program takes images for ink on paper: their mean, and the fraction of pixels near black or white. */
const PAPER_MEAN = 0.7;
const TWO_LEVEL_FRACTION = 0.8;
/** The most files or labels that a sentence names. */
const MOST_NAMED = 10;

/** Returns what was done with the files, one sentence each. */
export function notesOf({ decoded: { pictures, skipped, images, ignored }, size, labels, images: bytes, inverted }) {
  const tried = pictures.length + skipped.length;
  return [
    sizeSentence(pictures, size),
    images > tried
      ? `${tried} of ${images} files are used, evenly spread: more than ${MOST_PICTURES} would take this browser too long.`
      : "",
    labels ? `${count(labels.names.length, "sub-folder")} as labels: ${someNamed(labels.names, ", ")}.` : "",
    ignoredSentence(ignored),
    inverted ? "" : paperNote(bytes),
  ].filter(Boolean);
}

function someNamed(names, separator) {
  return names.slice(0, MOST_NAMED).join(separator) + (names.length > MOST_NAMED ? `${separator}…` : "");
}

/** Returns a sentence on files that do not look like images; empty if all do. */
export function ignoredSentence(ignored) {
  return ignored ? `${count(ignored, "file")} ignored: neither type nor name is that of an image.` : "";
}

/** Returns a note if the images are probably dark ink on bright paper. */
function paperNote(bytes) {
  let [sum, extreme] = [0, 0];
  for (const byte of bytes) [sum, extreme] = [sum + byte, extreme + (byte < 32 || byte >= 224)];
  const mean = sum / bytes.length / 255;
  if (mean <= PAPER_MEAN || extreme / bytes.length <= TWO_LEVEL_FRACTION) return "";
  return `The mean intensity is ${mean.toFixed(2)}: if this is dark ink on paper, tick “dark ink on bright paper” and learn again.`;
}

/** Returns a sentence that names the files that cannot be used; empty if all can. */
export function skippedSentence({ pictures, skipped }) {
  if (skipped.length === 0) return "";
  const named = skipped.map(({ path, reason }) => `${path} (${reason})`);
  return `${skipped.length} of ${count(pictures.length + skipped.length, "image file")} cannot be used: ${someNamed(named, "; ")}.`;
}

/** Returns reasons for caution with the figures, the most important first. */
export function warningsOf({ decoded, wanted }, { nmf: { ending, trace, shares, rank }, pca, verdict: { sentence, remedy } }) {
  const after = count(trace.length, "iteration");
  const zeros = (values) => values.filter((value) => value === 0).length;
  const [dead, empty] = [zeros(shares), zeros(pca.shares)];
  const are = (number) => (number === 1 ? "is" : "are");
  const ends = {
    max_iterations: `The iteration limit was reached after ${after}, before the fit converged.`,
    time_limit: `The time limit was reached after ${after}, before the fit converged: fewer parts or images take less time.`,
  };
  return [
    skippedSentence(decoded),
    rank < wanted ? `${wanted} parts were asked for; ${count(decoded.pictures.length, "image")} allow ${rank} at most.` : "",
    ends[ending] ?? "",
    dead ? `${dead} of ${count(rank, "part")} ${are(dead)} used by no image: try fewer parts.` : "",
    remedy ? `${sentence}; ${remedy} usually separates them, at a higher error` : "",
    empty ? `${empty} of ${count(rank, "eigenimage")} ${are(empty)} empty: the images vary in fewer directions; try fewer parts.` : "",
  ].filter(Boolean);
}

/** Returns the verdict on the parts, as the program judges them. */
export function verdictOf({ sparsity, overlap }, thresholds) {
  const [coversMany, coversTheSame] = [sparsity < thresholds.sparsity, overlap > thresholds.overlap];
  const [name, what] = [
    ["parts", "these are parts rather than faint whole images"],
    ["in between", "the parts are neither clearly parts nor clearly faint whole images"],
    ["faint whole images", "the parts look like faint whole images"],
  ][coversMany + coversTheSame];
  const figures = `sparsity ${beside(sparsity, thresholds.sparsity)}; overlap ${beside(overlap, thresholds.overlap)}`;
  const remedy = name === "faint whole images" ? "the penalty on overlap in “Learn here”" : null;
  return { name, sentence: `${what} (${figures})`, remedy, thresholds };
}

/** Returns a figure with its threshold; two digits could round it onto the threshold. */
function beside(value, threshold) {
  const side = value < threshold ? "below" : value > threshold ? "above" : "at";
  return `${value.toFixed(Math.abs(value - threshold) < 0.005 ? 4 : 2)}, ${side} ${threshold}`;
}

/** Returns what was learned: one sentence. */
export function learnedSentence({ report: { nmf, input }, count: images }, seconds) {
  const what = `${count(nmf.rank, "part")} of ${count(images, "image")} of ${input.width}x${input.height}`;
  const error = `a relative error of ${errorText(nmf.relative_error)} after ${count(nmf.iterations, "iteration")}`;
  return `Learned: ${what}, with ${error} (${seconds.toFixed(1)} s in all).`;
}
