// Images whose weight along an axis of the atlas is exactly 0: how many there are, and how they are spread in a band.

/** Two steps whose multiples, without their whole numbers, fill a square evenly. */
const APART = [0.7548776662, 0.569840291];

/** Returns the place of an image within a band or a corner of two bands, as fractions of its sides. */
export function placeInBand(image) {
  return APART.map((step) => (image * step) % 1);
}

/** Checks whether an axis has a band for the weight 0: not one with both signs, on which 0 is a value among others. */
export function hasBand({ weights }) {
  return weights.includes(0) && weights.every((weight) => weight >= 0);
}

/** Returns how many images have the weight 0 along the first axis, along the second, and along both. */
export function zerosOf(across, up) {
  const count = (isZero) => across.weights.reduce((sum, _, image) => sum + isZero(image), 0);
  const [isAcross, isUp] = [across, up].map(({ weights }) => (image) => weights[image] === 0);
  return { across: count(isAcross), up: count(isUp), both: count((image) => isAcross(image) && isUp(image)) };
}

/** States how many images are in the bands; empty if there are none. */
export function zerosText(across, up) {
  const zeros = zerosOf(across, up);
  const axes = { across, up };
  const banded = Object.keys(axes).filter((key) => hasBand(axes[key]));
  if (banded.length === 0) return "";
  const counts = banded.map((key) => `${axes[key].name} in ${zeros[key]}`);
  const both = banded.length === 2 ? `, both in ${zeros.both}` : "";
  return (
    `Grey bands: weight exactly 0 (of ${across.weights.length} images: ${counts.join(", ")}${both}). ` +
    "The position across a band has no meaning: images are spread there so that they are visible."
  );
}
