// Assembles the page: reads the data, fills the sections, chooses the first image.
//
// One file per section: galleries (and prototypes, separated beside them), recipe, learning (the iterations that the run
// recorded), live/panel (the page learns itself, with live/learner, live/curve, live/recipe), own, cover, numbers. Beside them:
// tour, keys; data (what the file holds), state (the chosen image), dom, paint, algebra, resize, easel, result, solver.
// The files in worker/ are the program of the worker that learns, a script of its own.

import { startCover } from "./cover.js";
import { readRun } from "./data.js";
import { byId, make } from "./dom.js";
import { startGalleries, subtitleOf } from "./galleries.js";
import { startKeys } from "./keys.js";
import { startLearning } from "./learning.js";
import { startLive } from "./live/panel.js";
import { startNumbers } from "./numbers.js";
import { startOwn } from "./own.js";
import { startPrototypes } from "./prototypes.js";
import { startRecipes } from "./recipe.js";
import { startSeparated } from "./separated.js";
import { Solver } from "./solver.js";
import { change, state } from "./state.js";
import { startTour } from "./tour.js";

function startTheme() {
  const root = document.documentElement;
  const button = byId("theme");
  const set = (theme) => {
    root.dataset.theme = theme;
    button.textContent = theme === "dark" ? "Light" : "Dark";
  };
  set(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  button.addEventListener("click", () => set(root.dataset.theme === "dark" ? "light" : "dark"));
}

async function start() {
  startTheme();
  const run = await readRun();
  state.image = run.first;
  byId("title").textContent = run.title;
  byId("subtitle").textContent = subtitleOf(run);
  document.documentElement.style.setProperty("--shape", `${run.width} / ${run.height}`);
  document.documentElement.style.setProperty("--ratio", run.width / run.height);
  startGalleries(run);
  startSeparated(run);
  startPrototypes(run);
  const solver = new Solver(run);
  const recipes = startRecipes(run);
  startLearning(run);
  startLive(run);
  startOwn(run, solver);
  const cover = startCover(run, solver);
  startNumbers(run);
  const tour = startTour(run, { recipes, cover });
  startKeys(run, { recipes, tour });
  change({ image: run.first });
  requestAnimationFrame(() => document.body.classList.add("ready"));
}

start().catch((error) => {
  const words = "This page cannot be shown: it needs a browser of 2023 or newer.";
  document.querySelector("main").prepend(make("p", { className: "notice", role: "alert" }, `${words} (${error.message})`));
});
