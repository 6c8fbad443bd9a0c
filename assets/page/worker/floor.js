// The least error of any images of any sign, and the images that reach it: the leading singular vectors of X (C. Eckart,
// G. Young, 1936), by subspace iteration on the smaller of X Xᵀ and Xᵀ X.

import { inner, multiply, rowsOf, transposed } from "./products.js";
import { randomNumbers } from "./start.js";

/** More vectors than are asked for, so that the last of these converge as well. */
const SPARE = 15;
const MOST_ITERATIONS = 100;
/** The iteration ends once the sum of the squared singular values changes by less than this fraction. */
const SETTLED = 1e-10;

/**
 * Returns the relative error of the best 0, 1, … `most` images, and these images as rows of `vectors`, of length 1 and
 * perpendicular to one another.
 */
export function leastErrors(table, most, smaller = smallerGram(table)) {
  const { values, vectors } = leadingImages(table, smaller, most);
  return { errors: remainders(values, table.squaredNorm, table.squaredNorm), vectors };
}

/** Returns X Xᵀ, or Xᵀ X if that is smaller, with its `size` and whether it is that of the images. */
export function smallerGram({ byImage, byPixel, count, width }) {
  const isOfImages = count <= width;
  const [size, length, rows] = isOfImages ? [count, width, byImage] : [width, count, byPixel];
  const gram = new Float64Array(size * size);
  multiply(gram, padded(rows, size, length), rows, size, length);
  return { gram, size, isOfImages };
}

/** Returns the leading squared singular values of X, and the images that belong to them as rows of length 1. */
export function leadingImages({ byPixel, count, width }, { gram, size, isOfImages }, most) {
  const rank = Math.min(most, size);
  const { values, vectors } = leadingVectors(gram, size, rank);
  const images = isOfImages ? imagesOf(vectors, values, rank, byPixel, width, count) : vectors.slice(0, rank * width);
  return { values: values.slice(0, rank), vectors: images };
}

/** Returns the relative error that 0, 1, … squared singular values leave of a sum of squares. */
export function remainders(values, squares, squaredNorm) {
  let rest = squares;
  return [0, ...values].map((value) => Math.sqrt(Math.max(0, (rest -= value)) / squaredNorm));
}

/** Returns a table with as many rows as a factor has, the added ones 0. */
function padded(table, count, width) {
  const factor = new table.constructor(rowsOf(count) * width);
  factor.set(table.subarray(0, count * width));
  return factor;
}

/** Returns the right singular vectors of the left ones. */
function imagesOf(vectors, values, rank, byPixel, width, count) {
  const images = new Float64Array(rowsOf(rank) * width);
  multiply(images, padded(vectors.subarray(0, rank * count), rank, count), byPixel, width, count);
  for (let l = 0; l < rank; l++) {
    const inverse = values[l] > 0 ? 1 / Math.sqrt(values[l]) : 0;
    for (let p = l * width; p < (l + 1) * width; p++) images[p] *= inverse;
  }
  return images.slice(0, rank * width);
}

/** Returns the leading eigenvalues of a symmetric matrix in descending order, and their vectors as rows. */
function leadingVectors(gram, size, rank) {
  const block = Math.min(size, rank + SPARE);
  const random = randomNumbers(1);
  let vectors = padded(Float64Array.from({ length: block * size }, () => random() - 0.5), block, size);
  const images = new Float64Array(vectors.length);
  let values = [];
  let last = 0;
  for (let turn = 0; turn < MOST_ITERATIONS; turn++) {
    orthonormalise(vectors, block, size);
    multiply(images, vectors, gram, size, size);
    const projected = new Float64Array(rowsOf(block) * rowsOf(block));
    multiply(projected, vectors, images, rowsOf(block), size);
    const rotation = eigenvectorsOf(projected, block, rowsOf(block));
    values = rotation.values;
    vectors = rotated(images, rotation.vectors, block, size);
    const sum = values.slice(0, rank).reduce((total, value) => total + value, 0);
    if (Math.abs(sum - last) <= SETTLED * sum) break;
    last = sum;
  }
  orthonormalise(vectors, block, size);
  return { values, vectors };
}

/** Makes rows perpendicular to one another and of length 1, twice over, since rounding leaves something the first time. */
export function orthonormalise(vectors, rows, width) {
  const row = (l) => vectors.subarray(l * width, (l + 1) * width);
  for (let l = 0; l < rows; l++) {
    for (let again = 0; again < 2; again++) for (let j = 0; j < l; j++) subtract(row(l), row(j), inner(row(l), row(j)));
    const norm = Math.sqrt(inner(row(l), row(l)));
    const inverse = norm > 0 ? 1 / norm : 0;
    for (let p = l * width; p < (l + 1) * width; p++) vectors[p] *= inverse;
  }
}

function subtract(from, row, factor) {
  for (let p = 0; p < from.length; p++) from[p] -= factor * row[p];
}

/** Returns the rows combined with each row of coefficients. */
function rotated(rows, coefficients, count, width) {
  const combined = new Float64Array(rows.length);
  for (let l = 0; l < count; l++) {
    const own = combined.subarray(l * width, (l + 1) * width);
    for (let j = 0; j < count; j++) subtract(own, rows.subarray(j * width, (j + 1) * width), -coefficients[l * count + j]);
  }
  return combined;
}

/** Returns the eigenvalues of a symmetric matrix in descending order and the vectors as rows, by Jacobi's rotations. */
export function eigenvectorsOf(matrix, size, stride = size) {
  const a = Float64Array.from({ length: size * size }, (_, i) => matrix[Math.floor(i / size) * stride + (i % size)]);
  const v = Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  for (let sweep = 0; sweep < 30 && offDiagonal(a, size) > 1e-24; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, v, size, p, q);
  }
  const order = Array.from({ length: size }, (_, l) => l).sort((l, j) => a[j * size + j] - a[l * size + l]);
  const vectors = new Float64Array(size * size);
  for (const [to, l] of order.entries()) vectors.set(v.subarray(l * size, (l + 1) * size), to * size);
  return { values: order.map((l) => a[l * size + l]), vectors };
}

/** Returns the squares off the diagonal as a fraction of those on it. */
function offDiagonal(a, size) {
  let [off, on] = [0, Number.MIN_VALUE];
  for (let i = 0; i < a.length; i++) {
    if (i % (size + 1) === 0) on += a[i] ** 2;
    else off += a[i] ** 2;
  }
  return off / on;
}

/** Makes entry (p, q) 0 by a rotation of rows and columns p and q. */
function rotate(a, v, size, p, q) {
  const off = a[p * size + q];
  if (off === 0) return;
  const ratio = (a[q * size + q] - a[p * size + p]) / (2 * off);
  const t = Math.sign(ratio || 1) / (Math.abs(ratio) + Math.hypot(ratio, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  const turn = (matrix, i, j) => {
    const [x, y] = [matrix[i], matrix[j]];
    matrix[i] = c * x - s * y;
    matrix[j] = s * x + c * y;
  };
  for (let i = 0; i < size; i++) turn(a, i * size + p, i * size + q);
  for (let i = 0; i < size; i++) turn(a, p * size + i, q * size + i);
  for (let i = 0; i < size; i++) turn(v, p * size + i, q * size + i);
}

/** Returns the largest angle between the span of the parts and that of as many of the best images, in degrees. */
export function largestAngle(basis, vectors, rank, width) {
  const own = Float64Array.from(basis.subarray(0, rank * width));
  orthonormalise(own, rank, width);
  const cosines = new Float64Array(rank * rank);
  for (let a = 0; a < rank; a++) {
    for (let b = 0; b < rank; b++) {
      cosines[a * rank + b] = inner(own.subarray(a * width, (a + 1) * width), vectors.subarray(b * width, (b + 1) * width));
    }
  }
  // Of the squared cosines the smallest belongs to the largest angle.
  const squares = Float64Array.from({ length: rank * rank }, (_, i) => {
    const [a, b] = [Math.floor(i / rank) * rank, (i % rank) * rank];
    return inner(cosines.subarray(a, a + rank), cosines.subarray(b, b + rank));
  });
  const least = eigenvectorsOf(squares, rank).values.at(-1);
  return (Math.acos(Math.sqrt(Math.min(1, Math.max(0, least)))) * 180) / Math.PI;
}
