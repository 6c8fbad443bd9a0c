// The parts beside those of a second fit with a penalty on overlap, where the first look like faint whole images.

import { row } from "../run/data.js";
import { byId, capital, errorText, make } from "../drawing/dom.js";
import { paintBasisImage } from "./galleries.js";
import { paintGrey } from "../drawing/paint.js";

export function startSeparated(run) {
  const { separated, parts, nmf } = run.report;
  byId("separated").hidden = !separated;
  if (!separated) return;
  const plain = { ...parts, verdict: parts.verdict.name, relative_error: nmf.relative_error };
  byId("separated-panels").append(
    side(run, "Parts as learned", plain, (canvas, index) => paintBasisImage(canvas, run.kinds.parts, index, run.width)),
    side(run, `Parts learned with ${separated.option}`, separated, (canvas, index) =>
      paintGrey(canvas, row(run.separated, index, run.pixels), run.width, 255)),
  );
}

/** Returns a panel with the parts of one fit and their figures. */
function side(run, title, { verdict, relative_error: error, sparsity, overlap }, paint) {
  const gallery = make("div", { className: "gallery still", role: "img", "aria-label": title });
  for (let index = 0; index < run.rank; index++) {
    const canvas = make("canvas");
    paint(canvas, index);
    gallery.append(canvas);
  }
  const figures = `sparsity ${sparsity.toFixed(2)}, overlap ${overlap.toFixed(2)}, relative error ${errorText(error)}`;
  return make(
    "div",
    { className: "panel nmf" },
    make("h3", {}, title),
    make("p", { className: "what" }, `${capital(verdict)}: ${figures}. Each part is scaled to its own maximum.`),
    gallery,
  );
}
