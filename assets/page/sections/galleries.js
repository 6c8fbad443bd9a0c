// The galleries, and the chosen image with the highlighted basis image.

import { byId, capital, count, figure, make, nameOf, panelOf, percent } from "../drawing/dom.js";
import { imageOf, knownOf } from "../run/data.js";
import { VISIBLE, isVisible, paintGrey, paintImage, paintLit, paintSigned, whiteOf } from "../drawing/paint.js";
import { walkAmong } from "../drawing/roving.js";
import { whenSeen } from "../drawing/seen.js";
import { change, inFocus, onChange, state } from "../run/state.js";
import { Users } from "./users.js";

/** Draws a basis image scaled to its own maximum, without outliers. */
export function paintBasisImage(canvas, kind, index, width) {
  const values = kind.basisImage(index);
  const paint = kind.signed ? paintSigned : paintGrey;
  paint(canvas, values, width, kind.most(index));
}

export function startGalleries(run) {
  const { kinds } = run;
  for (const kind of Object.values(kinds)) fillGallery(run, kind);
  // The chosen image stands between the first method and the others.
  byId("look-panels").prepend(byId(`look-${Object.values(kinds)[0].key}`));
  document.documentElement.style.setProperty("--tile", run.rank <= 25 ? "5rem" : run.rank <= 64 ? "3.8rem" : "3rem");
  startChoice(run);
  const users = new Users(run);
  const drawChosen = whenSeen(run, byId("look-chosen"), () => showChosen(run, kinds));
  const drawUsers = whenSeen(run, byId("users"), () => users.show());
  drawUsers();
  onChange((changed) => {
    const isOther = changed.has("focus") || changed.has("kept");
    if (isOther) {
      markTiles();
      drawUsers();
    }
    if (isOther || changed.has("image")) drawChosen();
  });
}

/** Returns which pixels the scale of images and parts ignores. */
function clipped(run) {
  return run.white === null ? "" : ` without pixels that are far brighter than all others (images: above ${figure(run.white)})`;
}

/** States which parts were given, not learned; empty if there are none or if the run was learned on the page. */
function fixedSentence(run) {
  const count = run.report.nmf.fixed_parts ?? 0;
  if (count === 0) return "";
  return count === 1 ? " Part 0 is fixed: it was given, not learned." : ` Parts 0 to ${count - 1} are fixed: they were given, not learned.`;
}

function fillGallery(run, kind) {
  const gallery = make("div", {
    className: "gallery", id: kind.units, role: "group", "aria-label": `${capital(kind.units)} of the ${kind.name}`,
  });
  const what = kind.signed
    ? "Red adds intensity and blue removes it; a negative weight swaps red and blue."
    : `Black = 0, white = the maximum${clipped(run)}. ${capital(kind.units)} are only ever added.${fixedSentence(run)}`;
  panelOf(kind, "look").append(make("h3", {}, `${kind.name}: ${kind.units}`), make("p", { className: "what" }, what), gallery);
  for (let index = 0; index < kind.rank; index++) gallery.append(tile(run, kind, index));
  gallery.addEventListener("keydown", (event) => {
    if (event.key === "Escape") change({ kept: null, focus: null });
    else walkAmong(gallery, event);
  });
}

function tile(run, kind, index) {
  const canvas = make("canvas");
  paintBasisImage(canvas, kind, index, run.width);
  const share = percent(kind.shares[index]);
  const button = make(
    "button",
    {
      type: "button", className: "tile", tabIndex: index === 0 ? 0 : -1, "aria-pressed": "false",
      "data-kind": kind.units, "data-index": index, "aria-label": `${kind.unit} ${index}, ${share} ${kind.shareOf}`,
    },
    canvas,
    make("span", { className: "caption" }, String(index)),
  );
  const here = { kind: kind.units, index };
  button.addEventListener("pointerenter", () => change({ focus: here }));
  button.addEventListener("pointerleave", () => change({ focus: null }));
  button.addEventListener("focus", () => change({ focus: here }));
  button.addEventListener("blur", () => change({ focus: null }));
  button.addEventListener("click", () => change({ kept: isSame(state.kept, here) ? null : here }));
  return button;
}

function isSame(a, b) {
  return Boolean(a && b && a.kind === b.kind && a.index === b.index);
}

function markTiles() {
  for (const tile of document.querySelectorAll(".tile")) {
    const here = { kind: tile.dataset.kind, index: Number(tile.dataset.index) };
    tile.classList.toggle("lit", isSame(inFocus(), here));
    tile.setAttribute("aria-pressed", String(isSame(state.kept, here)));
  }
}

function startChoice(run) {
  const slider = byId("image");
  slider.max = run.count - 1;
  slider.addEventListener("input", () => change({ image: Number(slider.value) }));
  byId("previous").addEventListener("click", () => step(run, -1));
  byId("next").addEventListener("click", () => step(run, 1));
}

export function step(run, by) {
  change({ image: (state.image + by + run.count) % run.count });
}

function showChosen(run, kinds) {
  const image = imageOf(run, state.image);
  const limit = whiteOf(run, image);
  const focus = inFocus();
  const slider = byId("image");
  slider.value = state.image;
  slider.setAttribute("aria-valuetext", `${run.names[state.image]}, ${state.image + 1} of ${run.count}`);
  byId("chosen-name").replaceChildren(nameOf(run.names[state.image]));
  byId("chosen").setAttribute("aria-label", `Image ${run.names[state.image]}`);
  byId("focus-text").textContent = focus ? focusText(run, kinds[focus.kind], focus.index) : "Point at a part to see its pixels.";
  const known = knownOf(run, state.image);
  if (!focus) return paintImage(byId("chosen"), image, known, run.width, limit);
  const basis = kinds[focus.kind].basisImage(focus.index);
  const { signed: isSigned, weight: weightOf } = kinds[focus.kind];
  const weight = weightOf(state.image, focus.index);
  const most = kinds[focus.kind].most(focus.index);
  return paintLit(byId("chosen"), image, known, basis, run.width, { limit, most, weight, isSigned });
}

/** Describes a basis image and its weight in the chosen image. */
function focusText(run, kind, index) {
  const weight = kind.weight(state.image, index);
  let below = 0;
  for (let image = 0; image < run.count; image++) if (Math.abs(kind.weight(image, index)) < Math.abs(weight)) below++;
  const name = `${capital(kind.unit)} ${index}, ${percent(kind.shares[index])} ${kind.shareOf}.`;
  if (weight === 0) return `${name} This image does not use it: grey marks its pixels.`;
  const limit = whiteOf(run, imageOf(run, state.image));
  if (!isVisible({ limit, most: kind.most(index), weight })) {
    const most = percent(VISIBLE, 0);
    return `${name} Its weight here is ${figure(weight)}: it changes no pixel by more than ${most} of white, and grey marks its pixels.`;
  }
  const larger = kind.signed ? "larger in magnitude than in" : "larger than in";
  const how = weight < 0 ? "; a negative weight swaps red and blue" : "";
  return `${name} Its weight here is ${figure(weight)}, ${larger} ${percent(below / run.count, 0)} of the images on this page${how}.`;
}

export function subtitleOf(run) {
  const { input, nmf, held_out: heldOut } = run.report;
  const unknown = input.unknown ? `, ${input.unknown} pixels unknown (chequered)` : "";
  const sampled = run.count < input.images ? `; this page has ${run.count} of them, evenly spread` : "";
  const exchanged = input.preparation.invert ? ", inverted" : "";
  const reduced = run.reduced > 1 ? `, shown at ${run.width}x${run.height}` : "";
  return `${count(input.images, "image")} of ${input.width}x${input.height}${reduced}${exchanged}${unknown}, ${count(nmf.rank, "part")}${sampled}${heldOut ? `; ${heldOut.images} more held out` : ""}`;
}
