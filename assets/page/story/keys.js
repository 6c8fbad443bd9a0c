// Single-key shortcuts for presentations; they can be switched off.

import { byId } from "../drawing/dom.js";
import { reveal } from "../sections/folds.js";
import { step } from "../sections/galleries.js";

const SECTIONS = ["look", "recipe", "blocks", "learning", "live", "world", "atlas", "own", "cover", "numbers"];

export function startKeys(run, { recipes, tour }) {
  const all = (act) => () => Object.values(recipes).forEach(act);
  const acts = {
    n: () => step(run, 1),
    p: () => step(run, -1),
    b: all((recipe) => recipe.buildUp()),
    r: all((recipe) => recipe.restore()),
    t: () => tour.open(),
    f: () => reveal(byId("folder")).scrollIntoView(),
  };
  SECTIONS.forEach((id, index) => {
    acts[(index + 1) % 10] = () => reveal(byId(id)).scrollIntoView();
  });
  const press = (event) => {
    if (event.key === "Escape") tour.close();
    const act = acts[event.key.toLowerCase()];
    const isCommand = event.ctrlKey || event.metaKey || event.altKey;
    if (isCommand || !act || !byId("keys").checked) return;
    event.preventDefault();
    act();
  };
  document.addEventListener("keydown", press, { signal: run.signal });
}
