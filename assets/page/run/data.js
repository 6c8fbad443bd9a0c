// The data in this file: facts as JSON, and concatenated arrays, deflated and base64-encoded.

import { byId } from "../drawing/dom.js";
import { largestUsual } from "../drawing/paint.js";
import { state } from "./state.js";

const KINDS = { u8: Uint8Array, f32: Float32Array };

/** Facts and arrays of the run. Images, parts and eigenimages are rows of `pixels` values. */
export async function readRun() {
  const facts = JSON.parse(byId("run").textContent);
  const bytes = await inflate(byId("data").textContent);
  const arrays = {};
  for (const { name, kind, at, length } of facts.arrays) arrays[name] = new KINDS[kind](bytes, at, length);
  return runOf(facts, arrays);
}

/** Returns the run of facts and arrays, with what the sections derive from them. */
export function runOf(facts, arrays) {
  const { height, width, report, names } = facts;
  const whole = { ...facts, ...arrays, pixels: height * width, rank: report.nmf.rank, count: names.length };
  return { ...whole, heldOut: heldOutOf(whole, arrays), kinds: kindsOf(whole) };
}

/** The held-out images, for `imageOf` and `knownOf`; null if there are none. */
function heldOutOf({ held_out_names: names, pixels, scale }, { heldOut: images, heldOutKnown: known }) {
  return names.length ? { images, known, names, pixels, scale, count: names.length } : null;
}

/** The basis images of each method, by their names, which are the ids of their galleries. */
function kindsOf(run) {
  return Object.fromEntries(run.methods.map((method) => [method.units, kindOf(run, method)]));
}

/**
 * The basis images of a method. `unit` and `units` name one and several of them, `key` is that of its panels, `signed`
 * whether they have both signs, `most` returns the magnitude that is drawn brightest, `mean` the image that sums start with (or null), `prior` what is known of
 * weights before an image is seen (or null), `intensity` the total magnitude of each;
 * `errors` and `cancelled` are the figures of each image as in the report: its relative error, and the fraction of the magnitude of its terms that cancels.
 */
function kindOf(run, { name, key, unit, units, signed, shares, share_of: shareOf }) {
  const { [`${key}_basis`]: basis, [`${key}_weights`]: weights, [`${key}_mean`]: mean = null } = run;
  const { [`${key}_errors`]: errors, [`${key}_cancelled`]: cancelled } = run;
  const rank = basis.length / run.pixels;
  const basisImage = (index) => row(basis, index, run.pixels);
  const mosts = Float64Array.from({ length: rank }, (_, index) => largestUsual(basisImage(index), run.outliers));
  const intensityOf = (index) => basisImage(index).reduce((sum, value) => sum + Math.abs(value), 0);
  return {
    name, key, unit, units, signed, mean, basis, prior: priorOf(run, key), shares, shareOf, rank, basisImage, errors, cancelled,
    most: (index) => mosts[index],
    intensity: Float64Array.from({ length: rank }, (_, index) => intensityOf(index)),
    weight: (image, index) => weights[image * rank + index],
  };
}

/** The prior of a method, as `addPrior` takes it; null if it has none. */
function priorOf(run, key) {
  const { [`${key}_precision`]: precision, [`${key}_pull`]: pull, [`${key}_rest`]: rest } = run;
  return precision ? { precision, pull, rest } : null;
}

async function inflate(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/** Row `index` of an array whose rows have `width` values; no copy. */
export function row(array, index, width) {
  return array.subarray(index * width, (index + 1) * width);
}

/** Image `index` at the scale of the parts. */
export function imageOf(run, index) {
  const image = row(run.images, index, run.pixels);
  if (image instanceof Float32Array) return image.slice();
  const values = new Float32Array(run.pixels);
  for (let p = 0; p < values.length; p++) values[p] = (image[p] * run.scale) / 255;
  return values;
}

/** Returns the image that the sections with new pictures begin with: a held-out image, or else the chosen image. */
export function exampleOf(run) {
  const [source, index] = run.heldOut ? [run.heldOut, state.heldOut] : [run, state.image];
  const kind = run.heldOut ? "a held-out image" : "a training image";
  return { image: imageOf(source, index), known: knownOf(source, index), name: source.names[index], kind };
}

/** Returns the known pixels of image `index`, 1 or 0 each; null if all pixels of all images are known. */
export function knownOf(run, index) {
  return run.known ? row(run.known, index, run.pixels) : null;
}
