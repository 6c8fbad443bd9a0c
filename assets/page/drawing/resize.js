// Prepares pictures of the user as the run prepared its images: converted to grey, cropped or stretched to its size.

/** An image of size `from` as one of size `to`: a triangle filter, widened when it shrinks, as the program's. */
export function resized(values, from, to) {
  if (from.width === to.width && from.height === to.height) return values;
  const turned = resizedRows(values, from.width, to.width);
  return resizedRows(turned, from.height, to.height);
}

/** Rows of `from` values as rows of `to`; the result is transposed, so that two passes do both directions. */
function resizedRows(values, from, to) {
  const rows = values.length / from;
  const turned = new Float32Array(rows * to);
  for (let column = 0; column < to; column++) {
    const { first, weights } = triangle(column, from, to);
    for (let line = 0; line < rows; line++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += values[line * from + first + i] * weights[i];
      turned[column * rows + line] = sum;
    }
  }
  return turned;
}

function triangle(index, from, to) {
  const ratio = from / to;
  const reach = Math.max(1, ratio);
  const centre = (index + 0.5) * ratio - 0.5;
  const first = Math.max(0, Math.ceil(centre - reach));
  const last = Math.min(from - 1, Math.floor(centre + reach));
  const heights = Array.from({ length: last - first + 1 }, (_, i) => Math.max(0, 1 - Math.abs(first + i - centre) / reach));
  const sum = heights.reduce((all, height) => all + height, 0);
  return { first, weights: heights.map((height) => height / sum) };
}

/** The region of a picture that is kept: all of it, or the largest in its middle with the run's proportions. */
export function regionOf(from, to, isCropped) {
  if (!isCropped) return { left: 0, top: 0, width: from.width, height: from.height };
  const bound = (value, most) => Math.min(most, Math.max(1, Math.round(value)));
  const width = bound((from.height * to.width) / to.height, from.width);
  const height = bound((from.width * to.height) / to.width, from.height);
  return { left: Math.floor((from.width - width) / 2), top: Math.floor((from.height - height) / 2), width, height };
}

/** Returns the values in a region of a picture. */
export function cropped({ values, width, height }, region) {
  if (region.width === width && region.height === height) return values;
  const kept = new Float32Array(region.width * region.height);
  for (let y = 0; y < region.height; y++) {
    const from = (region.top + y) * width + region.left;
    kept.set(values.subarray(from, from + region.width), y * region.width);
  }
  return kept;
}

/** RGBA bytes as grey from 0 to 1: transparent pixels over the run's background, the luma of Rec. 709, then inverted. */
export function greyOf(rgba, { background, invert }) {
  const values = new Float32Array(rgba.length / 4);
  for (let p = 0, at = 0; p < values.length; p++, at += 4) {
    const luma = 0.2126 * rgba[at] + 0.7152 * rgba[at + 1] + 0.0722 * rgba[at + 2];
    const alpha = rgba[at + 3];
    const value = (luma * alpha + background * (255 - alpha)) / 255 / 255;
    values[p] = invert ? 1 - value : value;
  }
  return values;
}
