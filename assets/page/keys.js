// Single keys for whoever speaks before a class; off while something is typed or slid, and at will.

import { byId } from "./dom.js";
import { step } from "./galleries.js";

const SECTIONS = ["look", "recipe", "learning", "own", "cover", "numbers"];

export function startKeys(run, { recipes, tour }) {
  const all = (act) => () => Object.values(recipes).forEach(act);
  const acts = {
    n: () => step(run, 1),
    p: () => step(run, -1),
    b: all((recipe) => recipe.buildUp()),
    r: all((recipe) => recipe.restore()),
    t: () => tour.open(),
  };
  SECTIONS.forEach((id, index) => {
    acts[index + 1] = () => byId(id).scrollIntoView();
  });
  document.addEventListener("keydown", (event) => {
    const isTaken = event.target.matches("input:not([type=checkbox]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey;
    const act = acts[event.key.toLowerCase()];
    if (isTaken || !act || !byId("keys").checked) return;
    event.preventDefault();
    act();
  });
}
