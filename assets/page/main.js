// Assembles the page: reads the data, fills the sections, chooses the first image.
//
// One folder per room: `run` (what the file holds, the chosen image, least squares), `drawing` (elements, colours, canvases,
// what is in sight), `sections` (galleries with users, ends, prototypes and separated beside them, recipe with terms, own with
// camera, cover, numbers; folds closes sections on a narrow window), `blocks` (the table of all images and its two factors),
// `learning` (recorded: the iterations of the run; panel: the page learns itself, with learner, curve, recipe), `world` (images
// of three pixels), `atlas` (the images by two weights or scores), `folder` (images of the user, which the page learns and shows
// in place of its own), `story` (the story and its steps; place: where one is in the page; links: the state in the address; keys;
// theme). The files in `worker` are the program of the worker that learns, a script of its own.

import { startAtlas } from "./atlas/panel.js";
import { startBlocks } from "./blocks/section.js";
import { startCover } from "./sections/cover.js";
import { readRun } from "./run/data.js";
import { byId, make } from "./drawing/dom.js";
import { startEnds } from "./sections/ends.js";
import { startFolder } from "./folder/section.js";
import { startFolds } from "./sections/folds.js";
import { startGalleries, subtitleOf } from "./sections/galleries.js";
import { startKeys } from "./story/keys.js";
import { startLearning } from "./learning/recorded.js";
import { startLive } from "./learning/panel.js";
import { startNumbers } from "./sections/numbers.js";
import { startOwn } from "./sections/own.js";
import { startPrototypes } from "./sections/prototypes.js";
import { startRecipes } from "./sections/recipe.js";
import { startSeparated } from "./sections/separated.js";
import { Solver } from "./run/solver.js";
import { change, startState } from "./run/state.js";
import { startWorld } from "./world/panel.js";
import { livePieces } from "./learning/settings.js";
import { heldOutPiece, imagePiece, keptPiece } from "./run/pieces.js";
import { switchesPiece, weightsPiece } from "./sections/switches.js";
import { parseAddress, startLinks } from "./story/links.js";
import { startPlace } from "./story/place.js";
import { startStory } from "./story/story.js";
import { startTheme } from "./story/theme.js";

/** The sections as they are before a run fills them. */
const blank = byId("sections").cloneNode(true);
const theme = startTheme();
let ending = new AbortController();

/** Shows a run in place of the one before, which ends: its `signal` is aborted. `home` is the run of this page. */
function show(data, home) {
  ending.abort();
  ending = new AbortController();
  const run = { ...data, signal: ending.signal, isOwn: data !== home };
  byId("sections").replaceWith(blank.cloneNode(true));
  startState(run.first);
  byId("title").textContent = run.title;
  byId("subtitle").textContent = subtitleOf(run);
  document.documentElement.style.setProperty("--shape", `${run.width} / ${run.height}`);
  document.documentElement.style.setProperty("--ratio", run.width / run.height);
  startFolds(run);
  startGalleries(run);
  startEnds(run);
  startSeparated(run);
  startPrototypes(run);
  const solver = new Solver(run);
  const recipes = startRecipes(run);
  const blocks = startBlocks(run);
  const walk = startLearning(run);
  const live = startLive(run);
  const world = startWorld(run);
  const atlas = startAtlas(run);
  startFolder(run, { home, show: (other) => show(other, home) });
  const own = startOwn(run, solver);
  const cover = startCover(run, solver);
  startNumbers(run);
  startPlace(run);
  const story = startStory(run, { recipes, blocks, walk, live, world, atlas, own, cover });
  startKeys(run, { recipes, story });
  change({ image: run.first });
  const pieces = {
    image: imagePiece(run), held: heldOutPiece(run), part: keptPiece(run),
    off: switchesPiece(recipes), weight: weightsPiece(recipes), blocks,
    ...(walk ? { frame: walk } : {}), ...livePieces(live), world, atlas, cover, story,
  };
  return startLinks(run, { theme, ...(run.isOwn ? {} : pieces) });
}

async function start() {
  // Before anything is drawn, so that a dark page does not begin as a flash of white.
  theme.apply(parseAddress(location.hash).values?.get("theme") ?? null);
  const home = await readRun();
  await show(home, home).follow();
  requestAnimationFrame(() => document.body.classList.add("ready"));
}

start().catch((error) => {
  const words = "This page cannot be shown: it needs a browser of 2023 or newer.";
  document.querySelector("main").prepend(make("p", { className: "notice", role: "alert" }, `${words} (${error.message})`));
});
