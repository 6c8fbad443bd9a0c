// The work on a set of images of the user: one size for all, and a worker that learns from them.

import { beginWorker } from "../learning/learner.js";
import { commonSize, bytesAt } from "./sizes.js";

/**
 * Returns the set with its `size`, its `images` as bytes, and what the worker `found`. `onProgress` is called with its reports;
 * an aborted `signal` ends the worker.
 */
export async function learnedSet(set, { wanted, inverted }, signal, onProgress) {
  const { pictures } = set.decoded;
  const size = commonSize(pictures);
  const images = bytesAt(pictures, size, inverted);
  if (size.width * size.height < 2) throw new Error("The images have a single pixel each: there is nothing to learn.");
  if (images.every((byte) => byte === 0)) throw new Error("All images are black: there is nothing to learn.");
  const table = { images: images.slice(), pixels: size.width * size.height, scale: 1 / 255, known: null };
  const found = await foundBy(table, { wanted, seed: 0, imageWidth: size.width }, signal, (report) => onProgress(report, size));
  return { learned: { ...set, size, images, wanted, inverted }, found };
}

function foundBy(table, settings, signal, onProgress) {
  return new Promise((resolve, reject) => {
    const reason = "This browser cannot learn from these images: it allows no worker, or has too little memory.";
    const worker = beginWorker(table, signal, () => reject(new Error(reason)));
    signal.addEventListener("abort", () => reject(signal.reason));
    worker.onmessage = ({ data }) => {
      if (data.kind === "progress") return onProgress(data);
      worker.terminate();
      return resolve(data);
    };
    worker.postMessage({ kind: "decompose", settings });
  });
}
