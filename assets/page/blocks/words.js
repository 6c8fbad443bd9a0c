// The sentences of the blocks: what a cell is, and how it comes about.

import { capital, errorText, figure, percent } from "../drawing/dom.js";
import { imageOf, knownOf } from "../run/data.js";
import { meanOver } from "./excerpt.js";

/** The terms of a sum that are written out. */
const WRITTEN = 3;

/** Describes what is pointed at: an image, one of its terms, a run of pixels, or several of these. */
export function wordsOn(run, kind, terms, { image, term, pixels }) {
  const name = run.names[image];
  if (pixels) return pixelWords(run, terms, { image, term, name, ...pixels });
  if (term) return termWords(kind, terms, term, image, name);
  const sum = kind.mean ? `The mean image plus its row of scores times the ${kind.units}` : `Its row of weights times the ${kind.units}`;
  return `${name}: relative error ${errorText(kind.errors[image])}. ${sum} gives the sum beside it.`;
}

function termWords(kind, terms, term, image, name) {
  const weight = term.weight(image);
  if (term.index < 0) return "The mean image has the weight 1 in every image.";
  const what = `${kind.signed ? "Score" : "Weight"} ${figure(weight)} of ${term.name} in ${name}`;
  if (weight === 0) return `${what}: the image does without it.`;
  const all = terms.reduce((sum, other) => sum + Math.abs(other.weight(image)) * other.intensity, 0);
  const share = percent((Math.abs(weight) * term.intensity) / all);
  return kind.signed
    ? `${what}: ${share} of the magnitude of all its terms, the mean aside.`
    : `${what} adds ${share} of the intensity of its sum of parts.`;
}

function pixelWords(run, terms, { image, term, first, length, name }) {
  const known = knownOf(run, image);
  const at = pixelsAt(run, first, length);
  const value = meanOver(imageOf(run, image), known, first, length);
  const isKnown = !Number.isNaN(value);
  // A mean is linear, so that of a sum is the sum of those of its terms over the same pixels.
  const over = (values) => meanOver(values, isKnown ? known : null, first, length);
  const parts = terms.map((each) => ({ name: each.name, weight: each.weight(image), value: over(each.values), index: each.index }));
  const sum = parts.reduce((all, part) => all + part.weight * part.value, 0);
  const own = term ? `${capital(term.name)} is ${figure(over(term.values))} there. ` : "";
  return `${at}: ${own}${name} is ${isKnown ? figure(value) : "unknown"}; the sum is ${figure(sum)}${writtenOut(parts)}.`;
}

/** Writes the largest terms of a sum out, and the sum of the others. */
function writtenOut(parts) {
  const size = (part) => Math.abs(part.weight * part.value);
  const order = parts.filter((part) => size(part) > 0).sort((a, b) => size(b) - size(a));
  if (order.length === 0) return ", as every term is 0 there";
  const rest = order.slice(WRITTEN);
  const others = rest.reduce((all, part) => all + part.weight * part.value, 0);
  const texts = order.slice(0, WRITTEN).map(({ index, name, weight, value }) =>
    index < 0 ? `${figure(value)} (${name})` : `${figure(weight)} × ${figure(value)} (${name})`);
  if (rest.length) texts.push(`${figure(others)} (${rest.length} more)`);
  return ` \u2248 ${texts.join(" + ")}`.replaceAll("+ \u2212", "\u2212 ");
}

/** Returns the place of a run of pixels, counted from 1. */
function pixelsAt({ width }, first, length) {
  const [line, from] = [Math.floor(first / width) + 1, (first % width) + 1];
  return length === 1 ? `Pixel in row ${line}, column ${from}` : `Mean of the pixels in row ${line}, columns ${from} to ${from + length - 1}`;
}
