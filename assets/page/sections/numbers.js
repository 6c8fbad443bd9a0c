// The figures of every method with their meaning; what was run; warnings and notes.

import { byId, capital, count, errorName, errorText, figure, make, percent, shape } from "../drawing/dom.js";

const CHART = { width: 600, height: 260, left: 66, right: 16, top: 14, bottom: 40 };

export function startNumbers(run) {
  byId("facts").append(table(run.methods, run.report));
  byId("run-facts").append(...runFacts(run));
  byId("warnings").append(...notices(run.report));
  byId("ranks").append(chart(run.report));
  byId("ranks-readout").textContent = readout(run.report);
}

/** Compares the errors of as many basis images. */
function readout(report) {
  const { nmf, pca, bound, vq } = report;
  const floor = bound
    ? `The least error of ${count(bound.rank, "image")} of any sign is ${errorText(bound.relative_error)} (dashed curve). `
    : "";
  return (
    `The ${errorName(report)} of ${count(nmf.rank, "part")} is ${errorText(nmf.relative_error)}. ${floor}` +
    `PCA also has the mean image beside its ${count(pca.rank, "eigenimage")}: ${errorText(pca.relative_error)}.` +
    (vq ? ` With one of ${count(vq.rank, "prototype")} in place of each image (VQ) it is ${errorText(vq.relative_error)}.` : "")
  );
}

function table(methods, report) {
  const { labels, held_out: heldOut } = report;
  const row = (name, meaning, of) => [name, ...methods.map((method) => of(method, method.parts)), meaning];
  const rows = [
    row(errorName(report), "of the training images: the norm of the residuals divided by that of the images; 10 % leaves 1 % of the sum of squares", (m) => errorText(m.relative_error)),
    row("explained", "the fraction of the sum of squares that is reconstructed", (m) => percent(m.explained, 2)),
    row("sparsity", "0: uniform basis images; 1: a single pixel each", (_, p) => fixed(p.sparsity)),
    row("overlap", "0: no shared pixels; 1: all are the same", (_, p) => fixed(p.overlap)),
    row("localisation", "near 1: a small spot; 0: uniform; negative: along the edges", (_, p) => fixed(p.localisation)),
    row("cancelled", "how much of the intensity that the terms add and remove cancels in their sum, the mean included", (_, p) => percent(p.cancelled)),
    row("dead", "the number of basis images that are 0 everywhere", (_, p) => String(p.dead)),
    row("seconds", "the duration of the fit", (m) => figure(m.seconds, 2)),
  ];
  if (heldOut) {
    const meaning = `the relative error of ${count(heldOut.images, "held-out image")}; that of the mean image is ${errorText(heldOut.mean_image_error)}`;
    rows.splice(1, 0, row("held out", meaning, (m) => errorText(heldOut[m.key].relative_error)));
  }
  if (labels) {
    const which = labels.held_out ? count(labels.count, "held-out image") : "images";
    const meaning = `the fraction of ${which} whose nearest class mean is that of their own sub-folder; chance: ${percent(labels.chance, 0)}`;
    rows.push(row("label accuracy", meaning, (m) => percent(m.accuracy)));
  }
  const head = ["figure", ...methods.map((method) => method.name), "meaning"].map((name) => make("th", { scope: "col" }, name));
  const body = rows.map(([name, ...cells]) =>
    make("tr", {}, make("th", { scope: "row" }, name), ...cells.map((cell) => make("td", {}, cell))));
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body));
}

const fixed = (value) => (Number.isFinite(value) ? value.toFixed(2).replace("-", "\u2212") : "none");

function runFacts({ command, report }) {
  const { nmf, input, held_out: heldOut } = report;
  const ends = {
    converged: "converged", target_error: "target error reached", max_iterations: "iteration limit reached",
    time_limit: "time limit reached", interrupted: "interrupted",
  };
  const isGiven = nmf.stop === "given";
  const facts = {
    command: command && make("code", {}, command),
    learned: command ? null : "in this page, by this browser, from files of yours",
    program: `nmf-images ${report.version}`,
    images: `${input.images} of ${input.width}x${input.height} from ${input.path}${heldOut ? `; ${heldOut.images} more held out` : ""}`,
    skipped: input.skipped.length ? String(input.skipped.length) : "none",
    rule: isGiven ? `none: W and H are those in ${nmf.init}` : `${nmf.solver}, start ${nmf.init}, seed ${nmf.seed}${nmf.starts > 1 ? `, the best of ${nmf.starts} starts` : ""}`,
    iterations: isGiven ? null : `${nmf.iterations}: ${ends[nmf.stop] ?? nmf.stop}`,
    penalties: penaltiesOf(nmf),
  };
  const known = Object.entries(facts).filter(([, value]) => value !== null);
  return known.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]);
}

/** Returns the penalties; `null` if there are none. */
function penaltiesOf({ penalties }) {
  const { alpha_w: weights, alpha_h: basis, l1_ratio: mixture, overlap } = penalties ?? { overlap: {} };
  const way = overlap.from === overlap.to ? figure(overlap.from) : `${figure(overlap.from)} fading to ${figure(overlap.to)}`;
  const texts = [
    overlap.from || overlap.to ? `overlap ${way}` : "",
    weights || basis ? `alpha_W ${figure(weights)}, alpha_H ${figure(basis)}, l1_ratio ${figure(mixture)}` : "",
  ];
  return texts.filter(Boolean).join("; ") || null;
}

/** Returns the warnings and the notes. */
function notices({ warnings, parts, input }) {
  const { sentence, remedy } = parts.verdict;
  const list = (className, lines) =>
    lines.length ? [make("ul", { className }, ...lines.map((words) => make("li", {}, words)))] : [];
  // With a remedy, a warning has the sentence.
  const notes = remedy === null ? [`${capital(sentence)}, on average: single parts can still be whole outlines.`, ...input.notes] : input.notes;
  return [...list("notice", warnings.map(capital)), ...list("notes", notes)];
}

/** Draws the error of PCA and the least one of as many images at each rank, and the error of NMF at its rank. */
function chart({ nmf, pca, bound }) {
  const { width, height, left, right, top, bottom } = CHART;
  const { errors } = pca;
  const high = Math.max(...errors, nmf.relative_error);
  const x = (rank) => left + ((width - left - right) * rank) / Math.max(1, errors.length - 1);
  const y = (error) => top + (height - top - bottom) * (1 - error / Math.max(high, 1e-9));
  const line = (values, from) =>
    values.slice(from).map((error, index) => `${x(index + from).toFixed(1)},${y(error).toFixed(1)}`).join(" ");
  const text = (at, words, anchor = "middle") => shape("text", { x: at[0], y: at[1], "text-anchor": anchor }, words);
  const dot = [x(nmf.rank), y(nmf.relative_error)];
  const beside = dot[0] > width / 2 ? [-10, "end"] : [10, "start"];
  const levels = [0, 0.5, 1].map((share) => share * high);
  return shape(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `The relative error of PCA and of the best images of any sign, for up to ${errors.length - 1} images, and of ${nmf.rank} parts` },
    ...levels.flatMap((level) => [
      shape("line", { x1: left, x2: width - right, y1: y(level), y2: y(level), class: "grid" }),
      text([left - 8, y(level) + 5], percent(level, 0), "end"),
    ]),
    shape("polyline", { points: line(errors, 0), class: "pca-line" }),
    ...(bound ? [shape("polyline", { points: line(bound.errors.slice(0, errors.length), 1), class: "floor" })] : []),
    shape("circle", { cx: dot[0], cy: dot[1], r: 6, class: "dot" }),
    text([dot[0] + beside[0], dot[1] - 8], `NMF ${errorText(nmf.relative_error)}`, beside[1]),
    text([left, height - 18], "0"),
    text([x(errors.length - 1), height - 18], String(errors.length - 1), "end"),
    text([(left + width) / 2, height - 4], "number of basis images (PCA: plus the mean)"),
  );
}
