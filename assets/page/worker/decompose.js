// All that a page shows of a set of images: NMF with its iterations, PCA, the least errors, figures and priors.

import { Extrapolation } from "./extrapolation.js";
import { Fit } from "./fit.js";
import { imageFigures, partnessOf } from "./figures.js";
import { leastErrors, smallerGram } from "./floor.js";
import { principalComponents } from "./pca.js";
import { priorOf } from "./prior.js";

/** The stop rule of the library, with a limit in seconds. */
const STOP = { max_iterations: 500, tolerance: 1e-4, time_limit: 60 };
const STOP_WINDOW = 10;
/** Parts are reported this often, in milliseconds. */
const REPORTED = 120;
/** The ratio of the iterations of two recorded frames, and the most bytes and frames. */
const FRAME_STEP = 1.1;
const FRAME_BYTES = 8_000_000;
const MOST_FRAMES = 60;

/**
 * Returns the results for `wanted` parts and eigenimages, or as many as there can be; `onProgress` is called with the parts at
 * some iterations, as bytes.
 */
export function decompose(table, { wanted, seed, imageWidth }, onProgress) {
  const rank = Math.min(wanted, table.count - 1, table.width);
  const fitted = fitParts(table, { rank, seed }, onProgress);
  onProgress({ phase: "pca" });
  const began = performance.now();
  const smaller = smallerGram(table);
  const pca = { ...principalComponents(table, smaller, rank), rank };
  pca.seconds = secondsSince(began);
  const nmf = inOrder(table, fitted);
  const { errors: bound } = leastErrors(table, rank, smaller);
  return { nmf: measured(table, nmf, imageWidth), pca: measured(table, pca, imageWidth), bound, stop: STOP };
}

const secondsSince = (began) => (performance.now() - began) / 1000;

function fitParts(table, settings, onProgress) {
  const began = performance.now();
  const fit = new Fit(table, { ...settings, rule: "hals" });
  const recorder = new Recorder(settings.rank, table.pixels);
  const extrapolation = new Extrapolation(fit);
  const trace = [];
  let [stop, reported] = [null, -Infinity];
  while (stop === null) {
    const relative_error = fit.iterate();
    const at = { iteration: fit.iteration, seconds: secondsSince(began), relative_error, objective: fit.objective };
    trace.push(at);
    stop = stopOf(trace);
    recorder.record(at, stop !== null, () => partBytes(table, fit.basis, settings.rank));
    if (performance.now() - reported >= REPORTED) {
      const parts = partBytes(table, fit.basis, settings.rank);
      onProgress({ phase: "nmf", iteration: at.iteration, error: relative_error, parts });
      reported = performance.now();
    }
    if (stop === null) extrapolation.move();
  }
  return { fit, trace, stop, frames: recorder.frames, seconds: secondsSince(began) };
}

/** Returns why the fit ends after the last iteration; null if it goes on. */
function stopOf(trace) {
  const { iteration, seconds, relative_error: error } = trace.at(-1);
  const roots = trace.slice(-1 - STOP_WINDOW).map(({ objective }) => Math.sqrt(objective));
  const change = Math.max(...roots) - Math.min(...roots);
  const hasConverged = roots.length > STOP_WINDOW && change <= STOP.tolerance * Math.max(...roots);
  if (hasConverged || error < 1e-6) return "converged";
  if (seconds >= STOP.time_limit) return "time_limit";
  return iteration >= STOP.max_iterations ? "max_iterations" : null;
}

/** Keeps the parts at iterations that are evenly spread on a logarithmic scale. */
class Recorder {
  constructor(rank, pixels) {
    this.room = Math.min(MOST_FRAMES, Math.max(4, Math.floor(FRAME_BYTES / (rank * pixels))));
    Object.assign(this, { frames: [], step: FRAME_STEP });
  }

  record(at, isLast, partsOf) {
    const { frames } = this;
    const isDue = frames.length === 0 || at.iteration >= this.step * frames.at(-1).at.iteration;
    if (!isDue && !isLast) return;
    frames.push({ at, parts: partsOf() });
    if (frames.length <= this.room || isLast) return;
    this.frames = frames.filter((_, index) => index % 2 === 0);
    this.step **= 2;
  }
}

/** Returns rows with a value per column of the table as rows with one per pixel. */
function withAllPixels({ lit, pixels }, rows, rank, Kind) {
  const whole = new Kind(rank * pixels);
  for (let l = 0, at = 0; l < rank; l++) for (const p of lit) whole[l * pixels + p] = rows[at++];
  return whole;
}

const largestOf = (row) => row.reduce((most, value) => Math.max(most, value), 0) || 1;

/** Returns parts as bytes, each scaled to a maximum of 255. */
function partBytes(table, basis, rank) {
  const { width } = table;
  const bytes = new Uint8Array(rank * width);
  for (let l = 0; l < rank; l++) {
    const row = basis.subarray(l * width, (l + 1) * width);
    const most = largestOf(row);
    for (let p = 0; p < width; p++) bytes[l * width + p] = Math.round((255 * row[p]) / most);
  }
  return withAllPixels(table, bytes, rank, Uint8Array);
}

/** Returns the parts scaled to a maximum of 1 and sorted by their share, largest first, with their weights and frames. */
function inOrder(table, { fit, trace, stop, frames, seconds }) {
  const { count, width, pixels } = table;
  const { rank } = fit;
  const rowOf = (factor, length, l) => factor.subarray(l * length, (l + 1) * length);
  const scales = Array.from({ length: rank }, (_, l) => largestOf(rowOf(fit.basis, width, l)));
  const sum = (values) => values.reduce((all, value) => all + value, 0);
  const intensities = scales.map((_, l) => sum(rowOf(fit.weights, count, l)) * sum(rowOf(fit.basis, width, l)));
  const order = intensities.map((_, l) => l).sort((a, b) => intensities[b] - intensities[a]);
  const all = sum(intensities) || 1;
  const basis = new Float32Array(rank * width);
  const weights = new Float32Array(count * rank);
  for (const [to, l] of order.entries()) {
    for (let p = 0; p < width; p++) basis[to * width + p] = fit.basis[l * width + p] / scales[l];
    for (let i = 0; i < count; i++) weights[i * rank + to] = fit.weights[l * count + i] * scales[l];
  }
  const frameParts = new Uint8Array(frames.length * rank * pixels);
  for (const [f, { parts }] of frames.entries()) {
    for (const [to, l] of order.entries()) frameParts.set(rowOf(parts, pixels, l), (f * rank + to) * pixels);
  }
  const shares = order.map((l) => intensities[l] / all);
  return { basis, weights, rank, shares, trace, ending: stop, frames: frames.map(({ at }) => at), frameParts, seconds };
}

/** Returns what was learned with its figures and its prior, and with all pixels of its images. */
function measured(table, learned, imageWidth) {
  const { rank, mean } = learned;
  const { errors: imageErrors, cancelled, squares, terms, sums } = imageFigures(table, learned);
  const basis = withAllPixels(table, learned.basis, rank, Float32Array);
  return {
    ...learned,
    basis,
    mean: mean ? withAllPixels(table, mean, 1, Float32Array) : null,
    imageErrors,
    cancelled,
    relativeError: Math.sqrt(squares / table.squaredNorm),
    parts: partnessOf(basis, rank, imageWidth, { terms, sums }),
    prior: priorOf(table, learned),
  };
}
