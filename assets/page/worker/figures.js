// Figures of a basis and its weights: twins of those of the library, by the same formulas.

/** The most images that the cancellation is measured on; of more, as many evenly spaced ones. */
const MOST_MEASURED = 1000;

/**
 * Returns the relative error of each image, the fraction of the magnitude of its terms that `cancelled`, the `squares` that are
 * left of all images, and the magnitudes of the terms and of their sums, in some images.
 */
export function imageFigures({ byImage, count, width }, { basis, weights, mean = null, rank }) {
  const figures = { errors: new Float32Array(count), cancelled: new Float32Array(count), squares: 0, terms: 0, sums: 0 };
  const isMeasured = new Set(evenlySpaced(count, MOST_MEASURED));
  for (let i = 0; i < count; i++) {
    const image = byImage.subarray(i * width, (i + 1) * width);
    const { sum, terms } = termsOf(basis, weights.subarray(i * rank, (i + 1) * rank), mean, width);
    let [left, square, added, remaining] = [0, 0, 0, 0];
    for (let p = 0; p < width; p++) {
      left += (image[p] - sum[p]) ** 2;
      square += image[p] ** 2;
      added += terms[p];
      remaining += Math.abs(sum[p]);
    }
    figures.errors[i] = left === 0 ? 0 : Math.sqrt(left / square);
    figures.cancelled[i] = cancelledOf(added, remaining);
    figures.squares += left;
    if (isMeasured.has(i)) [figures.terms, figures.sums] = [figures.terms + added, figures.sums + remaining];
  }
  return figures;
}

/** Returns the sum of the terms of an image, and their magnitudes, per pixel. */
function termsOf(basis, weights, mean, width) {
  const sum = mean ? Float64Array.from(mean) : new Float64Array(width);
  const terms = sum.map(Math.abs);
  for (const [l, weight] of weights.entries()) {
    if (weight === 0) continue;
    for (let p = 0, at = l * width; p < width; p++, at++) {
      const term = weight * basis[at];
      sum[p] += term;
      terms[p] += Math.abs(term);
    }
  }
  return { sum, terms };
}

function cancelledOf(terms, sum) {
  return terms > 0 ? Math.max(0, 1 - sum / terms) : 0;
}

/** Returns at most `most` indices below `count`, evenly spaced and beginning with 0. */
export function evenlySpaced(count, most) {
  const wanted = Math.min(most, count);
  return Array.from({ length: wanted }, (_, place) => Math.floor((place * count) / wanted));
}

/** Returns how part-like basis images are; those that are 0 everywhere are counted, and excluded from the means. */
export function partnessOf(basis, rank, width, { terms, sums }) {
  const pixels = basis.length / rank;
  const rows = Array.from({ length: rank }, (_, l) => Float64Array.from(basis.subarray(l * pixels, (l + 1) * pixels), Math.abs));
  const alive = rows.filter((part) => part.some((value) => value > 0));
  const mean = (of) => alive.reduce((sum, part) => sum + of(part), 0) / Math.max(1, alive.length);
  return {
    sparsity: mean(sparsityOf),
    overlap: overlapOfParts(alive, pixels),
    localisation: mean((part) => localisationOf(part, width)),
    cancellation: sums > 0 ? terms / sums : 1,
    cancelled: cancelledOf(terms, sums),
    dead: rank - alive.length,
  };
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);
const norm = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** P. Hoyer, Non-negative matrix factorization with sparseness constraints, 2004. */
function sparsityOf(part) {
  if (part.length < 2) return 0;
  const root = Math.sqrt(part.length);
  return Math.max(0, root - total(part) / norm(part)) / (root - 1);
}

/** Returns the mean cosine of two different parts: ‖Σ h/‖h‖‖² = k + Σ_{a≠b} cos(a, b). */
function overlapOfParts(parts, pixels) {
  const count = parts.length;
  if (count < 2) return 0;
  const sum = new Float64Array(pixels);
  for (const part of parts) {
    const length = norm(part);
    for (let p = 0; p < pixels; p++) sum[p] += part[p] / length;
  }
  return Math.max(0, norm(sum) ** 2 - count) / (count * (count - 1));
}

/** Returns 1 − the variance of the intensity about its centroid / that of a uniform image. */
function localisationOf(part, width) {
  const uniform = varianceOf(part.map(() => 1), width);
  return uniform === 0 ? 0 : 1 - varianceOf(part, width) / uniform;
}

function varianceOf(intensity, width) {
  let [all, x1, y1, squares] = [0, 0, 0, 0];
  for (const [p, value] of intensity.entries()) {
    const [x, y] = [p % width, Math.floor(p / width)];
    all += value;
    x1 += value * x;
    y1 += value * y;
    squares += value * (x * x + y * y);
  }
  return Math.max(0, squares / all - (x1 / all) ** 2 - (y1 / all) ** 2);
}
