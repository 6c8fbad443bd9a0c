// The images as a table X: one row per image, one column per pixel that is lit in any of them, values as they are shown.

import { inner, transposed } from "./products.js";

/**
 * Returns the table of images of `pixels` values, each times `scale`. With `known`, pixels where it is 0 are unknown: they are
 * filled in, at first with the mean of the pixel over the images in which it is known.
 */
export function tableOf({ images, pixels, scale, known }) {
  const count = images.length / pixels;
  const lit = litPixels(images, pixels);
  const byImage = new Float32Array(count * lit.length);
  for (let i = 0, at = 0; i < count; i++) for (const p of lit) byImage[at++] = images[i * pixels + p] * scale;
  const table = { count, pixels, lit, width: lit.length, byImage, unknown: null };
  if (known) fillWithMeans(table, known);
  table.byPixel = transposed(byImage, count, table.width);
  table.squaredNorm = squaredNormOf(table);
  const values = byImage.length - (table.unknown?.length ?? 0);
  table.brightness = Math.sqrt(table.squaredNorm / values);
  return table;
}

function litPixels(images, pixels) {
  const isLit = new Uint8Array(pixels);
  for (let at = 0; at < images.length; at++) if (images[at] !== 0) isLit[at % pixels] = 1;
  const lit = [...isLit.keys()].filter((p) => isLit[p]);
  // Products take two columns at a time.
  return lit.length < 2 ? [...isLit.keys()] : lit;
}

function fillWithMeans(table, known) {
  const { count, pixels, lit, width, byImage } = table;
  const unknown = [];
  for (const [column, p] of lit.entries()) {
    const at = Array.from({ length: count }, (_, i) => i);
    const seen = at.filter((i) => known[i * pixels + p]);
    const mean = seen.reduce((sum, i) => sum + byImage[i * width + column], 0) / Math.max(1, seen.length);
    for (const i of at) if (!known[i * pixels + p]) unknown.push(i * width + column);
    for (const i of at) if (!known[i * pixels + p]) byImage[i * width + column] = mean;
  }
  table.unknown = Uint32Array.from(unknown);
}

function squaredNormOf({ byImage, unknown }) {
  let sum = inner(byImage, byImage);
  for (const at of unknown ?? []) sum -= byImage[at] ** 2;
  return sum;
}

/** Fills unknown pixels with their values in the product of the factors. */
export function fillUnknown({ unknown, byImage, byPixel, count, width }, weights, basis) {
  for (const at of unknown ?? []) {
    const [i, p] = [Math.floor(at / width), at % width];
    let sum = 0;
    for (let w = i, h = p; h < basis.length; w += count, h += width) sum += weights[w] * basis[h];
    byImage[at] = sum;
    byPixel[p * count + i] = sum;
  }
}

/** Returns what the product of the factors leaves of image `i`: 0 at unknown pixels, if these are filled. */
export function residualOf({ byImage, width, count }, weights, basis, i) {
  const residual = byImage.slice(i * width, (i + 1) * width);
  for (let w = i, h = 0; h < basis.length; w += count, h += width) {
    if (weights[w] !== 0) for (let p = 0; p < width; p++) residual[p] -= weights[w] * basis[h + p];
  }
  return residual;
}
