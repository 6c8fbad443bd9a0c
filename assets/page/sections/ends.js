// Both ends of an eigenimage: the mean image with its lowest and its highest score.

import { byId, figure, make, pictured } from "../drawing/dom.js";
import { paintSum, whiteOf } from "../drawing/paint.js";
import { whenSeen } from "../drawing/seen.js";
import { inFocus, onChange } from "../run/state.js";
import { reconstruct } from "../run/algebra.js";

/** Shows both ends of the eigenimage in focus, or else of the last one, at the beginning of its gallery's panel. */
export function startEnds(run) {
  const kind = Object.values(run.kinds).find(({ mean }) => mean);
  if (!kind) return;
  const [minus, middle, plus] = ["minus", "mean", "plus"].map((end) => pictured("the mean image", { id: `ends-${end}` }));
  const words = make("p", { className: "what", id: "ends-text", "aria-live": "off" });
  const place = make("div", { className: "ends" }, words, make("div", { className: "trio" }, minus.whole, middle.whole, plus.whole));
  byId(kind.units).before(place);
  let index = 0;
  const draw = whenSeen(run, place, () => {
    const { least, most } = scoresOf(run, kind, index);
    words.textContent =
      `Eigenimage ${index} at both ends: the mean image with the lowest and with the highest score of the images on this page, ` +
      `${figure(least)} and ${figure(most)}. Yellow is more than 5 % above white, blue more than 5 % of white below 0.`;
    const limit = whiteOf(run, kind.mean);
    for (const [end, score] of [[minus, least], [middle, 0], [plus, most]]) {
      const term = `${score < 0 ? "\u2212" : "+"} ${figure(Math.abs(score))} × eigenimage ${index}`;
      const caption = end === middle ? "mean image" : `mean ${term}`;
      const weights = Float64Array.from({ length: kind.rank }, (_, other) => (other === index ? score : 0));
      paintSum(end.canvas, reconstruct(kind.basis, weights, run.pixels, kind.mean), run.width, limit);
      end.canvas.setAttribute("aria-label", caption);
      end.caption.textContent = caption;
    }
  });
  draw();
  onChange((changed) => {
    const focus = inFocus(kind.units);
    if (!focus || focus.index === index || !(changed.has("focus") || changed.has("kept"))) return;
    index = focus.index;
    draw();
  });
}

/** Returns the lowest and the highest score of an eigenimage among the images on the page. */
function scoresOf(run, kind, index) {
  let [least, most] = [Infinity, -Infinity];
  for (let image = 0; image < run.count; image++) {
    const score = kind.weight(image, index);
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  return { least, most };
}
