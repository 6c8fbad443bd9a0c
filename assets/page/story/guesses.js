// What can be guessed in a step of the story, and whether a guess is right.

/** A guess near the border of two ranges, by this fraction of it, is right with either of them. */
const NEAR = 0.1;
/** Guesses of a number may be off by this many units. */
export const OFF = 10;

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
