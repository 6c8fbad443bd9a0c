// The step of the story in the world of three pixels: whether parts are unique.

import { byId, errorText, figure } from "../drawing/dom.js";

/** Starts to compare. */
const COMPARED = 2;
/** An intensity above this is clearly not 0. */
const LIT = 0.01;
const BETWEEN_STARTS = 200;

export function worldSteps({ signal }, { world }) {
  if (!world) return [];
  const isWithin = () => world.images.every((image) => image.every((value) => value > LIT));
  const isRim = () => world.images.every((image) => image.some((value) => value === 0));
  let hasBegun = false;
  const starts = () => world.starts.slice(-COMPARED);
  return [{
    id: "world", section: "world", title: "Three pixels",
    target: ["#world-triangle", "#world-ranks", "#world-start"], control: "[name=world-rank]:checked",
    question: "Three parts are the corners of a triangle, and sums of them fill it. How many triangles hold all of these images?",
    options: () => [
      { text: "exactly one", isRight: isRim() },
      { text: "two or three", isRight: false },
      { text: "infinitely many", isRight: isWithin() },
    ],
    begin() {
      if (hasBegun) return;
      hasBegun = true;
      world.choose("triangle");
      byId("world-rank-3").click();
    },
    task: "Press “Another start” twice, waiting for the end each time. Are the parts the same?",
    isDone: () => world.parts.length === 3 && world.starts.length >= COMPARED,
    show() {
      if (world.parts.length !== 3) byId("world-rank-3").click();
      const next = () => {
        if (signal.aborted || world.starts.length >= COMPARED) clearInterval(timer);
        else if (!world.frame) byId("world-start").click();
      };
      const timer = setInterval(next, BETWEEN_STARTS);
    },
    number() {
      const [one, other] = starts();
      const errors = `${errorText(one.error)} and ${errorText(other.error)}`;
      return (
        `The last two starts have errors of ${errors}. One intensity differs by ` +
        `${figure(differenceOf(one.parts, other.parts), 2)} between the two sets of parts.`
      );
    },
    why: () =>
      "Every triangle that holds all images composes them exactly, so nothing prefers one. Around the rim only the whole " +
      "triangle fits: there the parts are unique.",
  }];
}

/** Returns the largest difference of an intensity between a part and the closest one of the other parts. */
function differenceOf(parts, others) {
  const distance = (a, b) => Math.max(...a.map((value, pixel) => Math.abs(value - b[pixel])));
  return Math.max(...parts.map((part) => Math.min(...others.map((other) => distance(part, other)))));
}
