// The pixels that are black in all images.

/** A value of a basis image below this fraction of its method's largest one is rounding. */
const TRACE = 1e-4;

/** Returns which pixels are black in every image and every basis image, and how many they are: no sum reaches them. */
export function blackPixels({ images, known, pixels, kinds }) {
  const isBlack = new Uint8Array(pixels).fill(1);
  for (let i = 0; i < images.length; i++) if (images[i] > 0 && (!known || known[i])) isBlack[i % pixels] = 0;
  for (const { basis, mean } of Object.values(kinds)) {
    for (const values of mean ? [basis, mean] : [basis]) {
      const trace = TRACE * values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      for (let i = 0; i < values.length; i++) if (Math.abs(values[i]) > trace) isBlack[i % pixels] = 0;
    }
  }
  return { isBlack, all: isBlack.reduce((sum, is) => sum + is, 0) };
}
