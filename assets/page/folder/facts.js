// A run of the images of the user, of the same form as one of the program: its facts, its report and its arrays.

import { runOf } from "../run/data.js";
import { comparedImages, nearestMeanAccuracy } from "./accuracy.js";
import { folderLabels } from "./files.js";
import { notesOf, verdictOf, warningsOf } from "./notes.js";
import { median } from "./sizes.js";

const NO_PENALTIES = { alpha_w: 0, alpha_h: 0, l1_ratio: 0, overlap: { from: 0, to: 0 } };

/**
 * Returns the run of what the worker found for a set of images. `set` has the decoded files, their `size`, the `images` as bytes,
 * the `name` of the folder, and whether images are `inverted`; `home` is the run of this page.
 */
export function runOfSet(set, found, home) {
  const { size: { width, height }, decoded: { pictures }, images } = set;
  const { nmf, pca } = found;
  const names = pictures.map(({ name }) => name);
  const labels = folderLabels(names);
  const report = reportOf({ ...set, labels }, found, home);
  const facts = {
    title: set.name ?? "Your own images", command: null, height, width, reduced: 1, scale: 1, white: null, margin: home.margin,
    first: median([...names.keys()], (image) => nmf.imageErrors[image]),
    names, indices: [...names.keys()], labels, held_out_names: [], start: "random training images",
    frames: { height, width, at: nmf.frames.map((at) => ({ ...at, sample: null })) },
    report, methods: home.methods.map((method) => methodOf(method, report, found[method.key])),
  };
  const arrays = { images, frameParts: nmf.frameParts, ...arraysOf("nmf", nmf), ...arraysOf("pca", pca) };
  return { ...runOf(facts, arrays), set };
}

function arraysOf(key, { basis, weights, mean, imageErrors, cancelled, prior }) {
  const arrays = Object.entries({ basis, weights, mean, errors: imageErrors, cancelled, ...prior });
  return Object.fromEntries(arrays.filter(([, array]) => array).map(([name, array]) => [`${key}_${name}`, array]));
}

function methodOf(method, { [method.key]: { relative_error, explained }, labels }, { rank, shares, seconds, parts }) {
  const accuracy = labels?.[method.key].accuracy ?? null;
  return { ...method, rank, relative_error, explained, seconds, shares, parts, accuracy, found: null };
}

function reportOf(set, { nmf, pca, bound, stop }, home) {
  const { rank, trace, shares, ending, seconds } = nmf;
  const verdict = verdictOf(nmf.parts, home.report.parts.verdict.thresholds);
  return {
    version: home.report.version,
    input: inputOf(set),
    nmf: {
      rank, solver: "hals (extrapolated, one sweep)", penalties: NO_PENALTIES, init: "images", seed: 0, starts: 1, ...stop,
      target_error: null, sample_start: false, ...withExplained(nmf.relativeError), objective: trace.at(-1).objective,
      iterations: trace.length, seconds, stop: ending, converged: ending === "converged", shares, trace,
    },
    pca: {
      rank, ...withExplained(pca.relativeError), seconds: pca.seconds, explained_variance_ratio: pca.shares, errors: pca.errors,
      parts: pca.parts,
    },
    bound: { rank, ...withExplained(bound[rank]), errors: bound },
    parts: { ...nmf.parts, verdict },
    labels: set.labels && accuracyOf(set.labels, nmf, pca),
    files: [],
    warnings: warningsOf(set, { nmf, pca, verdict }),
  };
}

/** Returns a relative error with the fraction of the sum of squares that is explained. */
const withExplained = (relative_error) => ({ relative_error, explained: 1 - relative_error ** 2 });

function inputOf(set) {
  const { name, decoded: { pictures, skipped, ignored }, size: { width, height }, labels, inverted } = set;
  return {
    path: name ? `the folder ${name}` : "chosen files", images: pictures.length, width, height, labels: labels?.names ?? [],
    skipped, passed_over: ignored, notes: notesOf(set), preparation: { fit: "crop", invert: inverted, background: 255 },
  };
}

/** Returns how well weights and scores separate labels; null if fewer than two labels have two images. */
function accuracyOf(labels, nmf, pca) {
  const compared = comparedImages(labels);
  if (!compared) return null;
  const { images, classes, sizes } = compared;
  const [forNmf, forPca] = [nmf, pca].map((learned) => ({ accuracy: nearestMeanAccuracy(compared, learned) }));
  const chance = Math.max(...sizes) / images.length;
  return { count: images.length, left_out: labels.indices.length - images.length, classes, nmf: forNmf, pca: forPca, chance };
}
