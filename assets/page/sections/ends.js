// Both ends of an eigenimage: the mean image minus and plus a typical large score of it.

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
    const score = 2 * deviationOf(run, kind, index);
    words.textContent =
      `Eigenimage ${index} stands for two opposite looks: subtracted from the mean image and added to it, by two standard ` +
      `deviations of its scores in the images on this page (${figure(score)}). Yellow is above white, blue below 0.`;
    const limit = whiteOf(run, kind.mean);
    for (const [end, sign] of [[minus, -1], [middle, 0], [plus, 1]]) {
      const caption = sign === 0 ? "mean image" : `mean ${sign < 0 ? "\u2212" : "+"} ${figure(score)} × eigenimage ${index}`;
      const weights = Float64Array.from({ length: kind.rank }, (_, other) => (other === index ? sign * score : 0));
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

/** Returns the standard deviation of the scores of an eigenimage over the images on the page. */
function deviationOf(run, kind, index) {
  let [sum, squares] = [0, 0];
  for (let image = 0; image < run.count; image++) {
    const score = kind.weight(image, index);
    sum += score;
    squares += score * score;
  }
  return Math.sqrt(Math.max(0, squares / run.count - (sum / run.count) ** 2));
}
