// The settings of Learn here as pieces of the state in the address.

import { byId } from "../drawing/dom.js";
import { numberIn } from "../run/pieces.js";

/** Returns the pieces by their keys; none if nothing can be learned here. */
export function livePieces(live) {
  if (!live) return {};
  /** A control: `text` is that of its state, `put` puts it as a text says, and returns what is wrong or nothing. */
  const piece = (text, put) => {
    const first = text();
    return {
      read: () => (text() === first ? null : text()),
      apply(wanted) {
        const before = text();
        const wrong = put(wanted ?? first);
        if (text() !== before) live.renew();
        return wrong;
      },
    };
  };
  const number = (id, most) => piece(() => byId(id).value, (text) => {
    const value = numberIn(text, Number(byId(id).min), most);
    if (value !== null) byId(id).value = value;
    return value === null ? `a number from ${byId(id).min} to ${most}` : "";
  });
  return {
    rank: number("live-rank", Number(byId("live-rank").max)),
    seed: number("live-seed", 999999999),
    rule: piece(() => live.settings().rule, (text) => {
      byId(text === "mu" ? "live-mu" : "live-hals").checked = true;
      return ["mu", "hals"].includes(text) ? "" : "a rule is hals or mu";
    }),
    overlap: piece(() => String(live.settings().overlap), (text) => {
      const at = live.overlaps.findIndex((value) => String(value) === text);
      if (at >= 0) byId("live-overlap").value = at;
      return at >= 0 ? "" : `one of ${live.overlaps.join(", ")}`;
    }),
    bound: piece(() => (live.settings().bounded ? "on" : "off"), (text) => {
      const isPossible = text === "on" || (text === "off" && live.settings().rule === "hals");
      byId("live-bounded").checked = text !== "off" || !isPossible;
      return isPossible ? "" : "on, or off with the rule hals";
    }),
  };
}
