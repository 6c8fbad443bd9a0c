// Colours and marks of labels, the same as in atlas.png.

/** The colours of labels in order. Labels whose colours are similar to some eyes have different marks. */
const LABEL_COLOURS = [
  "#4e79a7", "#f28e2c", "#e15759", "#76b7b2", "#59a14f", "#edc949", "#af7aa1", "#ff9da7", "#9c755f", "#bab0ab",
];
/** Outlines of a radius of about 1: circle, square, triangle, diamond, and a triangle on its tip. */
const LABEL_MARKS = [
  "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",
  "M-.9-.9H.9V.9H-.9Z",
  "M0-1.2L1.1.8H-1.1Z",
  "M0-1.3L1.3 0 0 1.3-1.3 0Z",
  "M0 1.2L1.1-.8H-1.1Z",
];
const PLAIN = { name: null, mark: LABEL_MARKS[0], colour: null };

/**
 * Returns the labels and a function that returns that of an image. Without labels, or with more than there are colours, all
 * images have one label without a name and a colour.
 */
export function labelsOf({ labels }) {
  const { names, indices } = labels ?? { names: [], indices: [] };
  if (names.length < 2 || names.length > LABEL_COLOURS.length) return { all: [], labelOf: () => PLAIN };
  const all = names.map((name, index) => ({
    name, mark: LABEL_MARKS[index % LABEL_MARKS.length], colour: LABEL_COLOURS[index],
    images: [...indices.keys()].filter((image) => indices[image] === index),
  }));
  return { all, labelOf: (image) => all[indices[image]] };
}
