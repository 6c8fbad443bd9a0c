// Least squares: the weights of given basis images that reconstruct an image best. Basis images are rows of `pixels` values.

const RIDGE = 1e-10;
const ROUNDING = 1e-10;
const PATIENCE = 3;
const EXCHANGES = 20;

/** G = B Bᵀ over the pixels for which `seen` is not 0 (all without it), row by row. */
export function gramOf(basis, rank, pixels, seen = null) {
  const kept = seen ? columnsOf(basis, rank, pixels, seen) : Float64Array.from(basis);
  const width = kept.length / rank;
  const gram = new Float64Array(rank * rank);
  for (let a = 0; a < rank; a++) {
    for (let b = 0; b <= a; b++) gram[a * rank + b] = gram[b * rank + a] = dot(kept, a * width, b * width, width);
  }
  return gram;
}

/** Σ x_i x_j over two runs; four sums side by side, which a processor adds at once. */
function dot(values, i, j, length) {
  let [s, t, u, v] = [0, 0, 0, 0];
  let p = 0;
  for (; p + 3 < length; p += 4) {
    s += values[i + p] * values[j + p];
    t += values[i + p + 1] * values[j + p + 1];
    u += values[i + p + 2] * values[j + p + 2];
    v += values[i + p + 3] * values[j + p + 3];
  }
  for (; p < length; p++) s += values[i + p] * values[j + p];
  return s + t + (u + v);
}

/** Returns the basis images restricted to the visible pixels. */
function columnsOf(basis, rank, pixels, seen) {
  const places = [...seen.keys()].filter((p) => seen[p]);
  const kept = new Float64Array(rank * places.length);
  for (let a = 0, to = 0; a < rank; a++) for (const p of places) kept[to++] = basis[a * pixels + p];
  return kept;
}

/** B x over the pixels that are seen. */
export function productsOf(basis, rank, pixels, image, seen = null) {
  const products = new Float64Array(rank);
  for (let a = 0, i = 0; a < rank; a++) {
    let sum = 0;
    for (let p = 0; p < pixels; p++, i++) if (!seen || seen[p]) sum += basis[i] * image[p];
    products[a] = sum;
  }
  return products;
}

/**
 * Adds to the Gram matrix and the products over the visible pixels what is known of the weights before an image is seen,
 * in proportion to the fraction of the rest that is hidden: with `precision` ν C⁻¹ and `pull` ν C⁻¹ w̄, the solution minimises
 * ‖x − w B‖² + s ν (w − w̄) C⁻¹ (w − w̄)ᵀ over the visible pixels. `rest` has the fraction of the rest on each pixel.
 */
export function addPrior(gram, products, { precision, pull, rest }, seen) {
  const hidden = rest.reduce((sum, share, p) => (seen[p] ? sum : sum + share), 0);
  for (let i = 0; i < gram.length; i++) gram[i] += hidden * precision[i];
  for (let a = 0; a < products.length; a++) products[a] += hidden * pull[a];
}

/** Σ w_a b_a + mean. */
export function reconstruct(basis, weights, pixels, mean = null) {
  const sum = mean ? Float32Array.from(mean) : new Float32Array(pixels);
  for (let a = 0; a < weights.length; a++) if (weights[a] !== 0) addTerm(sum, basis, a, weights[a]);
  return sum;
}

/** sum += weight × b_a. */
export function addTerm(sum, basis, a, weight) {
  for (let p = 0, i = a * sum.length; p < sum.length; p++, i++) sum[p] += weight * basis[i];
}

/** ‖x − y‖ / ‖x‖ over the pixels that `count`; none where x is black there. */
export function relativeError(image, reconstructed, counts = null) {
  let missed = 0;
  let all = 0;
  for (let p = 0; p < image.length; p++) {
    if (counts && !counts[p]) continue;
    missed += (image[p] - reconstructed[p]) ** 2;
    all += image[p] ** 2;
  }
  return all > 0 ? Math.sqrt(missed / all) : NaN;
}

/** Returns the x that minimises ½ xᵀ G x − aᵀ x. */
export function freeWeights(gram, products) {
  const { scaled, scales } = unitDiagonal(gram, products.length);
  const scaledProducts = products.map((value, a) => value * scales[a]);
  const all = products.reduce((list, _, a) => (scales[a] > 0 ? [...list, a] : list), []);
  return solveFor(scaled, scaledProducts, all).map((value, a) => value * scales[a]);
}

/**
 * Returns the non-negative x that minimises ½ xᵀ G x − aᵀ x, by block principal pivoting: all infeasible entries change
 * sides at once; if that does not reduce their number, only the last one does (J. Kim, H. Park, Fast nonnegative matrix
 * factorization: an active-set-like method and comparisons, 2011). `start`: which entries are tried as positive first.
 */
export function positiveWeights(gram, products, start = null) {
  const rank = products.length;
  const { scaled, scales } = unitDiagonal(gram, rank);
  const a = products.map((value, l) => value * scales[l]);
  const rounding = ROUNDING * a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const positive = Array.from({ length: rank }, (_, l) => scales[l] > 0 && Boolean(start && start[l] > 0));
  let fewest = Infinity;
  let patience = PATIENCE;
  for (let turn = 0; ; turn++) {
    const entries = positive.flatMap((is, l) => (is ? [l] : []));
    const x = solveFor(scaled, a, entries);
    const isWrong = (l) => (positive[l] ? x[l] < 0 : scales[l] > 0 && slope(scaled, a, x, entries, l) < -rounding);
    let wrong = positive.flatMap((_, l) => (isWrong(l) ? [l] : []));
    if (wrong.length === 0 || turn === EXCHANGES * rank) return x.map((value, l) => Math.max(0, value) * scales[l]);
    if (wrong.length < fewest) [fewest, patience] = [wrong.length, PATIENCE];
    else if (patience > 0) patience--;
    else wrong = wrong.slice(-1);
    for (const l of wrong) positive[l] = !positive[l];
  }
}

/** Returns the largest violation of the optimality conditions, relative to the largest product. */
export function missedConditions(gram, products, x) {
  const rank = products.length;
  let [worst, largest] = [0, Number.MIN_VALUE];
  for (let l = 0; l < rank; l++) {
    let rise = -products[l];
    for (let j = 0; j < rank; j++) rise += gram[l * rank + j] * x[j];
    worst = Math.max(worst, -x[l], x[l] > 0 ? Math.abs(rise) : -rise);
    largest = Math.max(largest, Math.abs(products[l]));
  }
  return worst / largest;
}

function slope(gram, products, x, entries, l) {
  let sum = -products[l];
  for (const j of entries) sum += gram[l * products.length + j] * x[j];
  return sum;
}

/** Returns G scaled to a diagonal of 1 plus a small ridge, so that dependent basis images have a unique solution. */
function unitDiagonal(gram, rank) {
  const scales = Float64Array.from({ length: rank }, (_, l) => {
    const square = gram[l * rank + l];
    return square > 0 ? 1 / Math.sqrt(square) : 0;
  });
  const scaled = gram.map((value, i) => value * scales[Math.floor(i / rank)] * scales[i % rank]);
  for (let l = 0; l < rank; l++) scaled[l * rank + l] = 1 + RIDGE;
  return { scaled, scales };
}

/** Solves for the given entries by Cholesky's factorisation; all others are 0. */
function solveFor(gram, products, entries) {
  const rank = products.length;
  const size = entries.length;
  const lower = new Float64Array(size * size);
  const y = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let value = products[entries[i]];
    for (let j = 0; j <= i; j++) {
      let sum = gram[entries[i] * rank + entries[j]];
      for (let t = 0; t < j; t++) sum -= lower[i * size + t] * lower[j * size + t];
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, RIDGE)) : sum / lower[j * size + j];
      if (j < i) value -= lower[i * size + j] * y[j];
    }
    y[i] = value / lower[i * size + i];
  }
  const x = new Float64Array(rank);
  for (let i = size - 1; i >= 0; i--) {
    let value = y[i];
    for (let t = i + 1; t < size; t++) value -= lower[t * size + i] * x[entries[t]];
    x[entries[i]] = value / lower[i * size + i];
  }
  return x;
}
