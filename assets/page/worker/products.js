// Products of matrices in single precision: most of the time of an iteration. Matrices are stored row by row. A factor has one
// row per part; its number of rows is rounded up to a multiple of four, and the added rows are 0.

const FOUR = 4;

/** Returns the number of rows of a factor with `rank` parts. */
export function rowsOf(rank) {
  return FOUR * Math.ceil(rank / FOUR);
}

/**
 * Writes `factor` `table`ᵀ to `out`, which has one row per row of the factor. The table has `count` rows, at least two, and as
 * the factor `width` columns. Two rows of the table meet four of the factor, so that each loaded value is used several times.
 */
export function multiply(out, factor, table, count, width) {
  for (let first = 0; first < count; first += 2) {
    const i = Math.min(first, count - 2);
    const x = i * width;
    const y = x + width;
    for (let a = 0, l = 0; a < factor.length; a += FOUR * width, l += FOUR * count) {
      const b = a + width;
      const c = b + width;
      const d = c + width;
      let [xa, xb, xc, xd, ya, yb, yc, yd] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let p = 0; p < width; p++) {
        const u = table[x + p];
        const v = table[y + p];
        const [fa, fb, fc, fd] = [factor[a + p], factor[b + p], factor[c + p], factor[d + p]];
        xa += u * fa;
        xb += u * fb;
        xc += u * fc;
        xd += u * fd;
        ya += v * fa;
        yb += v * fb;
        yc += v * fc;
        yd += v * fd;
      }
      const at = l + i;
      out[at] = xa;
      out[at + 1] = ya;
      out[at + count] = xb;
      out[at + count + 1] = yb;
      out[at + 2 * count] = xc;
      out[at + 2 * count + 1] = yc;
      out[at + 3 * count] = xd;
      out[at + 3 * count + 1] = yd;
    }
  }
}

/** Returns the inner products of all pairs of rows of a factor, as a square matrix. */
export function gramOf(factor, width) {
  const rows = factor.length / width;
  const gram = new Float32Array(rows * rows);
  multiply(gram, factor, factor, rows, width);
  return gram;
}

/** Writes Σ_j `coefficients`[j] × row j of the factor to `out`, a row; coefficients are read from `from` on. */
export function combine(out, coefficients, from, factor, width) {
  out.fill(0);
  for (let a = 0, j = from; a < factor.length; a += FOUR * width, j += FOUR) {
    const b = a + width;
    const c = b + width;
    const d = c + width;
    const [ga, gb, gc, gd] = [coefficients[j], coefficients[j + 1], coefficients[j + 2], coefficients[j + 3]];
    for (let i = 0; i < width; i++) out[i] += ga * factor[a + i] + gb * factor[b + i] + gc * factor[c + i] + gd * factor[d + i];
  }
}

/** Returns a matrix of `count` rows with rows and columns exchanged. */
export function transposed(table, count, width) {
  const turned = new table.constructor(table.length);
  for (let i = 0, at = 0; i < count; i++) for (let p = 0; p < width; p++, at++) turned[p * count + i] = table[at];
  return turned;
}

/** Σ x_i y_i. */
export function inner(x, y) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
