// One size for all pictures of a set, and the set at this size.

import { atSize } from "../drawing/picture.js";

/** The most pixels of an image, and the most of all images together: a fit takes seconds to half a minute, and about 100 MB. */
const MOST_PIXELS = 128 * 128;
const MOST_VALUES = 2_500_000;
/** Pictures have the same proportions if these differ by less than about this fraction. */
const ALIKE = 0.05;

/**
 * Returns the size for pictures: the median size of those with the commonest proportions, reduced until all images fit. `alike`
 * is the number of pictures with these proportions, `isReduced` whether the size was reduced.
 */
export function commonSize(pictures) {
  const alike = commonest(pictures, ({ width, height }) => Math.round(Math.log(width / height) / ALIKE));
  const { width, height } = median(alike, (picture) => picture.width * picture.height);
  const most = Math.min(MOST_PIXELS, MOST_VALUES / pictures.length);
  const shrink = Math.min(1, Math.sqrt(most / (width * height)));
  const side = (length) => Math.max(1, Math.floor(length * shrink));
  return { width: side(width), height: side(height), alike: alike.length, isReduced: shrink < 1 };
}

/** Returns the items of the largest group with the same key. */
function commonest(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()].reduce((most, group) => (group.length > most.length ? group : most));
}

/** Returns the item with the median value, the lower one of two. */
export function median(items, valueOf) {
  const sorted = [...items].sort((a, b) => valueOf(a) - valueOf(b));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** Returns the images of all pictures, one after another, as bytes of this size. */
export function bytesAt(pictures, size, isInverted) {
  const pixels = size.width * size.height;
  const images = new Uint8Array(pictures.length * pixels);
  for (const [index, picture] of pictures.entries()) {
    const values = atSize({ ...picture, values: Float32Array.from(picture.values) }, size, true);
    for (let p = 0, at = index * pixels; p < pixels; p++, at++) {
      const byte = Math.min(255, Math.max(0, Math.round(values[p])));
      images[at] = isInverted ? 255 - byte : byte;
    }
  }
  return images;
}

/** Returns how pictures came to this size: one sentence. */
export function sizeSentence(pictures, { width, height, alike, isReduced }) {
  const [first] = pictures;
  const same = pictures.every((picture) => picture.width === first.width && picture.height === first.height);
  const size = `${width}x${height}`;
  if (same && !isReduced && !first.isReduced) return `All images have ${size} pixels, and are used as they are.`;
  if (same) return `All images have one size, reduced to ${size} pixels so that this browser carries them.`;
  const reduced = isReduced ? ", reduced so that this browser carries them" : "";
  const why = `the median size of the commonest proportions (${alike} of ${pictures.length} files)${reduced}`;
  return `The images differ in size. All are cropped in their middle and resized to ${size}: ${why}.`;
}
