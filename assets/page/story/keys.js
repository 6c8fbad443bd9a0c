// Single-key shortcuts for presentations; they can be switched off.

import { byId } from "../drawing/dom.js";
import { step } from "../sections/galleries.js";
import { bringSection, sectionIds } from "./place.js";

/** The keys of the sections, in the order of the navigation. */
const DIGITS = "1234567890";

export function startKeys(run, { recipes, story }) {
  const all = (act) => () => Object.values(recipes).forEach(act);
  const acts = {
    n: () => step(run, 1),
    p: () => step(run, -1),
    b: all((recipe) => recipe.buildUp()),
    r: all((recipe) => recipe.restore()),
    s: () => story.open(),
    f: () => bringSection("folder"),
  };
  const numbered = sectionIds().filter((id) => id !== "folder");
  for (const [index, id] of numbered.slice(0, DIGITS.length).entries()) acts[DIGITS[index]] = () => bringSection(id);
  const press = (event) => {
    const act = acts[event.key.toLowerCase()];
    const isCommand = event.ctrlKey || event.metaKey || event.altKey;
    const isText = event.target.matches?.("input[type=number], input[type=text], input[type=search], textarea, select");
    if (isCommand || isText || !act || !byId("keys").checked) return;
    event.preventDefault();
    act();
  };
  document.addEventListener("keydown", press, { signal: run.signal });
}
