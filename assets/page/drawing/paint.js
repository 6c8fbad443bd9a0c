// Values as colours: grey from black at 0, or red above and blue below a neutral 0.

/** Blue, neutral, red: nine steps from -1 to 1. */
const SIGNED = [
  [5, 48, 97], [33, 102, 172], [67, 147, 195], [146, 197, 222], [247, 247, 247],
  [244, 165, 130], [214, 96, 77], [178, 24, 43], [103, 0, 31],
];
const HIGHLIGHT = [255, 150, 20];
const UNUSED = [110, 125, 140];
const BRIGHTER_THAN_WHITE = [255, 225, 90];
const BELOW_BLACK = [40, 70, 190];
/** The tolerance by which a value may exceed white or black before it is marked. */
export const BEYOND = 0.05;
/** Two shades each, for a chequered pattern: orange as unknown pixels in the pictures, and the same darker. */
const COVERED = [[242, 169, 59], [182, 127, 44]];
const UNKNOWN = [[130, 90, 32], [98, 68, 24]];

export function largest(values) {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most || 1;
}

/** Returns the largest magnitude, without pixels that are outliers in the images if these alone would set it. */
export function largestUsual(values, outliers) {
  const most = largest(values);
  if (!outliers) return most;
  let usual = 0;
  for (let p = 0; p < values.length; p++) if (!outliers[p]) usual = Math.max(usual, Math.abs(values[p]));
  return usual > 0 && most >= 3 * usual ? usual : most;
}

/** Returns the value of white for an image of the set. */
export function whiteOf(run, image) {
  return run.white ?? Math.max(run.scale, largest(image));
}

export function paintGrey(canvas, values, width, limit) {
  paint(canvas, values.length, width, (p, pixel) => grey(pixel, values[p] / limit));
}

/** A sum of terms: values above white and below black have colours that are no grey. */
export function paintSum(canvas, values, width, limit) {
  paint(canvas, values.length, width, (p, pixel) => {
    const share = values[p] / limit;
    if (share > 1 + BEYOND) copy(pixel, BRIGHTER_THAN_WHITE);
    else if (share < -BEYOND) copy(pixel, BELOW_BLACK);
    else grey(pixel, share);
  });
}

/** An image of the set, grey where it is known. */
export function paintImage(canvas, image, known, width, limit) {
  paintCovered(canvas, image, width, limit, null, known);
}

export function paintSigned(canvas, values, width, limit) {
  paint(canvas, values.length, width, (p, pixel) => signed(pixel, values[p] / limit));
}

/** A basis image is visible in an image if it changes a pixel by more than this fraction of white. */
export const VISIBLE = 0.02;

/** Checks whether a basis image with a weight is visible; `most` is its largest magnitude, `limit` the value of white. */
export function isVisible({ limit, most, weight }) {
  return Math.abs(weight) * most > VISIBLE * limit;
}

/** Draws an image, dimmed, with one basis image highlighted as it contributes; in grey if it is not visible. */
export function paintLit(canvas, image, known, basis, width, { limit, most, weight, isSigned }) {
  const isUsed = isVisible({ limit, most, weight });
  const target = [0, 0, 0];
  paint(canvas, image.length, width, (p, pixel) => {
    if (known && !known[p]) copy(pixel, UNKNOWN[stripe(p, width)]);
    else grey(pixel, (0.55 * image[p]) / limit);
    const share = Math.min(1, Math.abs(basis[p]) / most);
    if (!isUsed) copy(target, UNUSED);
    else if (isSigned) signed(target, Math.sign(basis[p] * weight) * Math.max(0.45, share));
    else copy(target, HIGHLIGHT);
    mix(pixel, target, Math.sqrt(share) * 0.9);
  });
}

/** Draws an image in which covered pixels, and unknown pixels, are chequered. */
export function paintCovered(canvas, image, width, limit, covered, known) {
  paint(canvas, image.length, width, (p, pixel) => {
    if (covered && covered[p]) return copy(pixel, COVERED[stripe(p, width)]);
    if (known && !known[p]) return copy(pixel, UNKNOWN[stripe(p, width)]);
    return grey(pixel, image[p] / limit);
  });
}

/** Draws pixels, rows of `width`; `colour(p, pixel)` sets the colour of one. */
export function paint(canvas, length, width, colour) {
  const height = length / width;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  const picture = context.createImageData(width, height);
  const { data } = picture;
  const pixel = [0, 0, 0];
  for (let p = 0, at = 0; p < length; p++, at += 4) {
    colour(p, pixel);
    data[at] = pixel[0];
    data[at + 1] = pixel[1];
    data[at + 2] = pixel[2];
    data[at + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

/** Sets a pixel to one of the two shades of unknown ones. */
export function unknown(pixel, place) {
  copy(pixel, UNKNOWN[place % 2]);
}

/** Returns the colour of a pixel in a chequered pattern. */
function stripe(p, width) {
  return (Math.floor(p / width) + (p % width)) % 2;
}

export function grey(pixel, share) {
  const byte = Math.round(255 * Math.min(1, Math.max(0, share)));
  pixel[0] = pixel[1] = pixel[2] = byte;
}

/** Sets a pixel to blue (-1), neutral (0) or red (1), or between. */
export function signed(pixel, share) {
  const place = (Math.min(1, Math.max(-1, share)) + 1) * 4;
  const low = Math.min(7, Math.floor(place));
  copy(pixel, SIGNED[low]);
  mix(pixel, SIGNED[low + 1], place - low);
}

function mix(pixel, other, share) {
  for (let c = 0; c < 3; c++) pixel[c] += (other[c] - pixel[c]) * share;
}

function copy(pixel, from) {
  for (let c = 0; c < 3; c++) pixel[c] = from[c];
}
