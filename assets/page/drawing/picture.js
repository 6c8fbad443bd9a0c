// Pictures of the user, decoded by the browser and prepared as the program prepares the images of a run.

import { cropped, greyOf, regionOf, resized } from "./resize.js";

/**
 * Returns the picture in a file as grey `values` from 0 to 1, with its `width` and `height`; fails if it cannot be decoded. The
 * browser reduces it to `mostSide` before its pixels are read, to limit time and memory.
 */
export async function greyPicture(file, preparation, mostSide) {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" });
  const shrink = Math.min(1, mostSide / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [Math.ceil(bitmap.width * shrink), Math.ceil(bitmap.height * shrink)];
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { width, height, values: greyOf(context.getImageData(0, 0, width, height).data, preparation) };
}

/** Returns the values of a picture at size `to`: of the largest region in its middle with these proportions, or of all of it. */
export function atSize(picture, to, isCropped) {
  const region = regionOf(picture, to, isCropped);
  return resized(cropped(picture, region), region, to);
}
