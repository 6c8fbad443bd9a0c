// The recipes as pieces of the state in the address: the terms that are off, as in nmf.3,7,pca.1, and the weights that were
// moved, as in nmf.3*0.5.

import { numberIn } from "../run/pieces.js";

/** Digits of a moved weight. */
const DIGITS_OF_WEIGHT = 4;

/** Terms that are off. Its `apply` begins with all terms and their fitted weights, so that of `weightsPiece` comes after it. */
export function switchesPiece(recipes) {
  const piece = termsPiece(
    recipes,
    ({ uses, weights }, index) => (!uses[index] && weights[index] !== 0 ? String(index) : null),
    (recipe, index) => recipe.set(index, recipe.weights[index], false),
  );
  const apply = (text) => {
    for (const recipe of Object.values(recipes)) if (!recipe.isWhole()) recipe.restore();
    return piece.apply(text);
  };
  return { ...piece, apply };
}

/** Weights that were moved. */
export function weightsPiece(recipes) {
  return termsPiece(
    recipes,
    ({ weights, learned }, index) => {
      const [weight, fitted] = [weights, learned].map((values) => Number(values[index].toPrecision(DIGITS_OF_WEIGHT)));
      return weight === fitted ? null : `${index}*${weight}`;
    },
    (recipe, index, text) => {
      // The end of the slider, which may have been rounded upwards.
      const most = 1.501 * recipe.terms.most[index];
      const weight = text ? Number(text) : NaN;
      const isPossible = weight >= (recipe.kind.signed ? -most : 0) && weight <= most;
      if (isPossible) recipe.set(index, weight, recipe.uses[index]);
      return isPossible;
    },
  );
}

/** A list of terms: `textOf` returns that of a term or null, and `put` applies a term and returns `false` if it cannot. */
function termsPiece(recipes, textOf, put) {
  const all = Object.values(recipes);
  const listOf = (recipe) => {
    const terms = [...recipe.uses.keys()].map((index) => textOf(recipe, index)).filter((text) => text !== null);
    return terms.length ? `${recipe.kind.key}.${terms.join(",")}` : "";
  };
  return {
    read: () => all.map(listOf).filter(Boolean).join(",") || null,
    apply(text) {
      const wrong = [];
      let recipe = null;
      for (const term of text?.split(",") ?? []) {
        const [, key, number, rest] = term.match(/^(?:([a-z]+)\.)?(\d+)(?:\*(.*))?$/) ?? [];
        if (key) recipe = all.find(({ kind }) => kind.key === key);
        const index = recipe ? numberIn(number ?? "", 0, recipe.kind.rank - 1) : null;
        if (index === null || put(recipe, index, rest) === false) wrong.push(term);
      }
      return wrong.length ? `no such term: ${wrong.join(", ")}` : "";
    },
  };
}
