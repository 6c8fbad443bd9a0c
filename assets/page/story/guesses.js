// What can be guessed in a step of the story, its fields, and whether a guess is right.

import { make } from "../drawing/dom.js";

/** A guess near the border of two ranges, by this fraction of it, is right with either of them. */
const NEAR = 0.1;
/** Guesses of a number may be off by this many units. */
const OFF = 10;

/** Returns options that are ranges, cut at `bounds`, of a value; none is right if it is no number. */
export function ranges(value, bounds, texts) {
  return texts.map((text, index) => ({
    text,
    isRight: value >= (bounds[index - 1] ?? -Infinity) * (1 - NEAR) && value <= (bounds[index] ?? Infinity) * (1 + NEAR),
  }));
}

/** Returns options for what has the least error of several, given as names and errors; the last one for no clear winner. */
export function winners(errors, margin, texts, none) {
  const isKnown = errors.every(([, error]) => Number.isFinite(error));
  const others = (name) => Math.min(...errors.filter(([other]) => other !== name).map(([, error]) => error));
  // A winner by a tenth, give or take a little, is right with or without the win.
  const wins = (slack) => errors.map(([name, error]) => isKnown && error <= (margin + slack) * others(name));
  const [loose, strict] = [wins(0.02), wins(-0.02)];
  return [
    ...texts.map((text, index) => ({ text, isRight: loose[index] })),
    { text: none, isRight: isKnown && !strict.includes(true) },
  ];
}

/** Returns whether a guess is right: an index of the options or a number; null if none can be. */
export function judge(step, guess) {
  if (step.amount) return Number.isFinite(step.amount.answer) ? Math.abs(guess - step.amount.answer) <= OFF : null;
  const options = step.options();
  return options.some(({ isRight }) => isRight) ? options[guess].isRight : null;
}

/** Returns a guess in words. */
export function guessText(step, guess) {
  return step.amount ? `${guess}\u00a0${step.amount.unit}` : step.options()[guess].text;
}

/** Returns the fields of a step; `onMove` is called once a slider has been moved: where it begins is no guess. */
export function guessFields(step, onMove) {
  return step.amount ? [amountField(step.amount, onMove)] : step.options().map(({ text }, index) => optionField(text, index));
}

function optionField(text, index) {
  const radio = make("input", { type: "radio", name: "story-option", value: String(index) });
  return make("label", { className: "story-option" }, radio, make("span", {}, text));
}

function amountField({ unit, most, first }, onMove) {
  const output = make("output", {}, "?");
  const label = `Your guess in ${unit}`;
  const slider = make("input", { type: "range", min: "0", max: String(most), value: String(first), "aria-label": label });
  slider.setAttribute("aria-valuetext", "no guess yet");
  slider.addEventListener("input", () => {
    output.textContent = `${slider.value}\u00a0${unit}`;
    slider.setAttribute("aria-valuetext", output.textContent);
    onMove();
  });
  const hint = make("span", { className: "what" }, `Move the slider: ${OFF} more or less counts as right.`);
  return make("label", { className: "story-amount" }, slider, output, hint);
}
