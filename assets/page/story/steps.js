// The steps of the story as data. Each has an `id`, its `section`, a `title`, what it speaks of (`target`) and the `control` to
// try it with, a `question` with `options` or an `amount` to guess, a `task`, a check that it is done (`isDone`), the same done
// by the page (`show`), and then `number` and `why`, which depend on the run. `begin` takes note of how the page is before. An
// invitation (`isInvitation`) has nothing to guess, and the page cannot do it.

import { byId } from "../drawing/dom.js";
import { sectionIds } from "./place.js";
import { lookSteps } from "./look_steps.js";
import { recipeSteps } from "./recipe_steps.js";
import { tableSteps } from "./table_steps.js";
import { learningSteps } from "./learning_steps.js";
import { worldSteps } from "./world_steps.js";
import { pictureSteps } from "./picture_steps.js";

/** Returns the steps whose sections this page has, in the order of the sections. */
export function stepsOf(run, page) {
  const ids = sectionIds();
  const all = [lookSteps, recipeSteps, tableSteps, learningSteps, worldSteps, pictureSteps].flatMap((steps) => steps(run, page));
  return all.filter(({ section }) => byId(section)).sort((a, b) => ids.indexOf(a.section) - ids.indexOf(b.section));
}
