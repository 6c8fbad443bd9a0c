// The first factors: as in the library, parts are distinct images drawn at random, and weights are 0.

import { rowsOf } from "./products.js";

/** Zeros of parts become this fraction of the mean of their other values before multiplicative updates, which keep zeros. */
const LIFT = 0.5;

/** Returns a function that returns pseudorandom numbers from 0 to 1 (mulberry32, T. Ettinger, 2017). */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Returns parts that are distinct images, and random values once there are no more. */
export function randomImages({ byImage, count, width, brightness }, rank, seed) {
  const random = randomNumbers(seed);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  const basis = new Float32Array(rowsOf(rank) * width);
  const chosen = [];
  for (const i of order) {
    const image = byImage.subarray(i * width, (i + 1) * width);
    const isNew = chosen.every((other) => other.some((value, p) => value !== image[p]));
    if (chosen.length < rank && isNew && image.some((value) => value > 0)) {
      basis.set(image, chosen.length * width);
      chosen.push(image);
    }
  }
  for (let at = chosen.length * width; at < rank * width; at++) basis[at] = random() * brightness;
  return basis;
}

/** Replaces zeros of the parts, and returns the weight, the same everywhere, with which the product has the norm of X. */
export function liftZeros({ count, width, squaredNorm }, basis, rank) {
  let [sum, positive] = [0, 0];
  for (const value of basis) [sum, positive] = [sum + value, positive + (value > 0)];
  const lifted = (LIFT * sum) / positive;
  for (let at = 0; at < rank * width; at++) if (basis[at] === 0) basis[at] = lifted;
  let squared = 0;
  for (let p = 0; p < width; p++) {
    let pixel = 0;
    for (let at = p; at < basis.length; at += width) pixel += basis[at];
    squared += pixel * pixel;
  }
  return Math.sqrt(squaredNorm / (squared * count));
}
