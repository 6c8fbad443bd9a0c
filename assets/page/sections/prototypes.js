// The third way, vector quantisation: a gallery of prototypes, and the one that stands for the chosen image.

import { imageOf, knownOf, row } from "../run/data.js";
import { byId, count, errorText, make, panelOf, pictured } from "../drawing/dom.js";
import { largestUsual, paintGrey, paintImage, whiteOf } from "../drawing/paint.js";
import { whenSeen } from "../drawing/seen.js";
import { onChange, state } from "../run/state.js";

const VQ_PANELS = { key: "vq" };

/** Fills the third gallery and the third recipe, if the run has prototypes. */
export function startPrototypes(run) {
  const { vq } = run.report;
  byId("vq-look").hidden = !vq;
  if (!vq) return;
  const gallery = fillPrototypes(run, vq);
  const own = () => run.vq_assignments[state.image];
  const mark = whenSeen(run, gallery, () => {
    for (const [index, tile] of [...gallery.children].entries()) tile.classList.toggle("lit", index === own());
  });
  const show = startOnePrototype(run, vq);
  const draw = whenSeen(run, byId("vq-recipe-panels"), () => show(own()));
  onChange((changed) => {
    if (!changed.has("image")) return;
    mark();
    draw();
  });
}

/** Returns a prototype at the scale of the images. */
function prototypeOf(run, index) {
  const values = row(run.vq_basis, index, run.pixels);
  return values instanceof Float32Array ? values : Float32Array.from(values, (byte) => (byte * run.scale) / 255);
}

function fillPrototypes(run, vq) {
  const gallery = make("div", { className: "gallery", id: "prototypes", role: "group", "aria-label": "Prototypes of the VQ" });
  for (let index = 0; index < vq.rank; index++) {
    const canvas = make("canvas", { role: "img", "aria-label": `Prototype ${index}, of ${count(vq.sizes[index], "image")}` });
    const values = prototypeOf(run, index);
    paintGrey(canvas, values, run.width, largestUsual(values, run.outliers));
    const size = `${index}: ${vq.sizes[index]}`;
    gallery.append(make("div", { className: "prototype" }, canvas, make("span", { className: "caption" }, size)));
  }
  const { nmf, pca } = run.report;
  const errors = `Relative error ${errorText(vq.relative_error)} (NMF ${errorText(nmf.relative_error)}, PCA ${errorText(pca.relative_error)}).`;
  const what = `Black = 0, white = the maximum. Each is a mean of images; below it, its number and how many images it stands for. That of the chosen image is marked. ${errors}`;
  panelOf(VQ_PANELS, "vq").append(make("h3", {}, "VQ: prototypes"), make("p", { className: "what" }, what), gallery);
  return gallery;
}

/** Returns what shows the recipe of the chosen image: one prototype. */
function startOnePrototype(run, vq) {
  const original = pictured("the image", { id: "original-prototypes" });
  const prototype = pictured("its prototype", { id: "sum-prototypes" });
  const readout = make("p", { className: "readout", id: "readout-prototypes", "aria-live": "polite" });
  panelOf(VQ_PANELS, "vq-recipe").append(
    make("h3", {}, "VQ: one prototype"),
    make("div", { className: "trio" }, original.whole, prototype.whole),
    readout,
  );
  return (own) => {
    const image = imageOf(run, state.image);
    const limit = whiteOf(run, image);
    paintImage(original.canvas, image, knownOf(run, state.image), run.width, limit);
    paintGrey(prototype.canvas, prototypeOf(run, own), run.width, limit);
    const others = vq.sizes[own] - 1;
    const which = `Prototype ${own}, the nearest of ${vq.rank}; it also stands for ${count(others, "other image")}.`;
    readout.textContent = `${which} It is the only term: relative error ${errorText(run.vq_errors[state.image])}.`;
  };
}
