// The end of the story: its questions, and what was found in this run.

import { count, errorName, errorText, percent } from "../drawing/dom.js";
import { coverageText, sizesOf, thousands } from "./look_steps.js";

/** Returns the questions with their findings. */
export function summaryOf(run) {
  const { nmf, pca, bound } = run.report;
  const { values, needed } = sizesOf(run);
  const parts = count(nmf.rank, "part");
  const least = bound ? `, the least possible of ${count(bound.rank, "image")} of any sign ${errorText(bound.relative_error)}` : "";
  return [
    [
      "How many numbers stand for the images?",
      `${thousands(needed)}, ${percent(needed / values)} of the pixel values, with a ${errorName(run.report)} of ` +
      `${errorText(nmf.relative_error)} over the training images (NMF, ${parts}).`,
    ],
    ["How large are the parts?", coverageText(run)],
    [
      "What does “nothing below 0” change?",
      `In NMF nothing cancels; in PCA, ${percent(pca.parts.cancelled)} of the intensity of the terms does. The error of NMF ` +
      `is ${errorText(nmf.relative_error)}${least}; that of PCA, with the mean as one image more, is ${errorText(pca.relative_error)}.`,
    ],
  ];
}
