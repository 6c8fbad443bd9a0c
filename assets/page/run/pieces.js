// What is chosen, as pieces of the state in the address: images by their number on the page, a basis image as in nmf.5.

import { change, state } from "./state.js";

/** Returns the number that a text has, if it is a whole number from `least` to `most`; null otherwise. */
export function numberIn(text, least, most) {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  return number >= least && number <= most ? number : null;
}

/** The chosen image. */
export function imagePiece(run) {
  return indexPiece("image", run.first, run.count, "images");
}

/** The chosen image among the held-out images. */
export function heldOutPiece(run) {
  return indexPiece("heldOut", 0, run.heldOut?.count ?? 0, "held-out images");
}

function indexPiece(key, first, count, what) {
  return {
    read: () => (state[key] === first ? null : String(state[key])),
    apply(text) {
      const index = text === null ? first : numberIn(text, 0, count - 1);
      // An image that is chosen anyway stays as it is, with the terms that are off.
      if (state[key] !== (index ?? first)) change({ [key]: index ?? first });
      return index === null ? `there are ${count} ${what}, from 0` : "";
    },
  };
}

/** The kept basis image. */
export function keptPiece({ kinds }) {
  const all = Object.values(kinds);
  return {
    read: () => (state.kept ? `${kinds[state.kept.kind].key}.${state.kept.index}` : null),
    apply(text) {
      const [key, number] = (text ?? "").split(".");
      const kind = all.find((each) => each.key === key);
      const index = kind ? numberIn(number, 0, kind.rank - 1) : null;
      change({ kept: index === null ? null : { kind: kind.units, index } });
      if (text === null || index !== null) return "";
      return kind ? `there are ${kind.rank} ${kind.units}, from 0` : "no method has this key";
    },
  };
}
