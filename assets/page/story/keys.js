// Single-key shortcuts for presentations; they can be switched off.

import { byId } from "../drawing/dom.js";
import { step } from "../sections/galleries.js";
import { bringSection } from "./place.js";

export function startKeys(run, { recipes, story }) {
  const all = (act) => () => Object.values(recipes).forEach(act);
  const acts = {
    n: () => step(run, 1),
    p: () => step(run, -1),
    b: all((recipe) => recipe.buildUp()),
    r: all((recipe) => recipe.restore()),
    s: () => story.open(),
  };
  // The navigation shows the key of each section.
  for (const link of document.querySelectorAll(".top nav a")) {
    acts[link.querySelector("kbd").textContent.toLowerCase()] = () => goToSection(link.hash.slice(1));
  }
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

/** Brings a section into view, and its heading into focus, so that Tab goes on from there. */
function goToSection(id) {
  bringSection(id);
  const heading = byId(id).querySelector("h2");
  heading.tabIndex = -1;
  (heading.querySelector("button") ?? heading).focus({ preventScroll: true });
}
