// Files decoded one after another: usable pictures in grey, and the files that are none, each with the reason.

import { atSize, greyPicture } from "../drawing/picture.js";
import { looksLikeImage } from "./files.js";

/** The most pictures of a set; of more, as many evenly spread ones are used. */
export const MOST_PICTURES = 2000;
/** The longest side of a decoded picture in memory; training images are smaller. */
const KEPT_SIDE = 256;
/** The number of files that are decoded at a time: some are photographs of 50 MB in memory. */
const AT_A_TIME = 4;

/** The pictures keep their grey levels; they are inverted when they are brought to one size. */
const AS_STORED = { background: 255, invert: false };

/**
 * Decodes files and returns the `pictures`, the `skipped` files with their reasons, and the numbers of all files that look like
 * images and of those `ignored` because they do not. `onProgress` is called with the number of files that are done and of all.
 */
export async function decodedPictures(files, signal, onProgress) {
  const images = files.filter(looksLikeImage);
  const tried = evenlySpread(images, MOST_PICTURES);
  const decoded = [];
  for (let first = 0; first < tried.length; first += AT_A_TIME) {
    onProgress(first, tried.length);
    decoded.push(...(await Promise.all(tried.slice(first, first + AT_A_TIME).map(decodedFile))));
    signal.throwIfAborted();
  }
  return {
    pictures: decoded.filter(({ values }) => values), skipped: decoded.filter(({ reason }) => reason),
    images: images.length, ignored: files.length - images.length,
  };
}

/** Returns the picture in a file, or the path of the file with the reason why there is none. */
async function decodedFile({ file, name }) {
  try {
    return { name, ...reducedPicture(await greyPicture(file, AS_STORED, 2 * KEPT_SIDE)) };
  } catch {
    return { path: name, reason: await reasonOf(file) };
  }
}

/** Returns at most `most` items, evenly spread. */
function evenlySpread(items, most) {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, place) => items[Math.floor((place * items.length) / most)]);
}

/** Returns a picture with values from 0 to 255, its longest side at most `KEPT_SIDE`. */
function reducedPicture(picture) {
  const shrink = Math.min(1, KEPT_SIDE / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * shrink)));
  const values = Uint8Array.from(atSize(picture, { width, height }, false), (value) => Math.round(255 * value));
  return { width, height, values, isReduced: shrink < 1 };
}

/** Returns why the browser cannot decode a file. */
async function reasonOf(file) {
  if (file.size === 0) return "the file is empty";
  const bytes = await file.slice(0, 16).arrayBuffer().then((buffer) => new Uint8Array(buffer), () => null);
  if (!bytes) return "the file cannot be read";
  const format = formatOf(String.fromCharCode(...bytes));
  if (!format) return "its content is that of no known image format";
  return `damaged or incomplete, or a kind of ${format} that this browser does not decode`;
}

/** Returns the image format that begins with these letters; null if none does. */
function formatOf(start) {
  const [format] = [
    ["PNG", /^\x89PNG/], ["JPEG", /^\xff\xd8\xff/], ["GIF", /^GIF8/], ["BMP", /^BM/], ["WebP", /^RIFF....WEBP/s],
    ["TIFF", /^(II\*\0|MM\0\*)/], ["AVIF or HEIC", /^....ftyp/s], ["PNM", /^P[1-6]\s/], ["SVG", /^\s*<(svg|\?xml)/i],
  ].find(([, pattern]) => pattern.test(start)) ?? [null];
  return format;
}
