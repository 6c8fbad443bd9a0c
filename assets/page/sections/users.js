// The images that use the highlighted basis image most, as buttons that choose them; some images if none is highlighted.

import { byId, figure, make, nameOf } from "../drawing/dom.js";
import { imageOf, knownOf } from "../run/data.js";
import { paintImage, whiteOf } from "../drawing/paint.js";
import { stopAt, walkAmong } from "../drawing/roving.js";
import { change, inFocus } from "../run/state.js";

const USERS = 8;

export class Users {
  constructor(run) {
    this.run = run;
    this.buttons = Array.from({ length: Math.min(USERS, run.count) }, () => userButton());
    stopAt(this.buttons.map(({ button }) => button), 0);
    const place = byId("users");
    place.append(...this.buttons.map(({ button }) => button));
    place.addEventListener("keydown", (event) => walkAmong(place, event));
  }

  show() {
    const { run } = this;
    const focus = inFocus();
    const kind = focus && run.kinds[focus.kind];
    byId("users-title").textContent = focus ? usersTitle(kind, focus.index) : "Some of the images";
    const images = focus ? usersOf(run, kind, focus.index) : someOf(run);
    for (const [place, { button }] of this.buttons.entries()) button.hidden = place >= images.length;
    for (const [place, image] of images.entries()) {
      this.showUser(this.buttons[place], image, focus ? weightText(kind, kind.weight(image, focus.index)) : null);
    }
  }

  /** Shows an image with its weight; with its name if there is no weight. */
  showUser({ button, canvas, caption }, image, weight) {
    const { run } = this;
    const values = imageOf(run, image);
    paintImage(canvas, values, knownOf(run, image), run.width, whiteOf(run, values));
    button.title = run.names[image];
    button.setAttribute("aria-label", `Choose ${run.names[image]}${weight === null ? "" : `, weight ${weight}`}`);
    button.onclick = () => change({ image });
    caption.replaceChildren(weight ?? nameOf(run.names[image]));
  }
}

function userButton() {
  const canvas = make("canvas");
  const caption = make("span", { className: "caption" });
  // A button has a name before it comes into sight and shows an image.
  const button = make("button", { type: "button", className: "user", "aria-label": "Choose an image" }, canvas, caption);
  return { button, canvas, caption };
}

/** Returns the images with the largest weights of a basis image; if weights have both signs, half of them from each end. */
function usersOf(run, kind, index) {
  const weight = (image) => kind.weight(image, index);
  const order = Array.from({ length: run.count }, (_, image) => image).sort((a, b) => weight(b) - weight(a) || a - b);
  if (!kind.signed) return order.slice(0, USERS);
  const most = order.filter((image) => weight(image) > 0).slice(0, USERS / 2);
  const least = order.filter((image) => weight(image) < 0).slice(-USERS / 2);
  return [...most, ...least];
}

/** Returns the heading of the images that use a basis image. */
function usersTitle({ unit, signed }, index) {
  return signed
    ? `Images with the most positive (+) and the most negative (\u2212) score of ${unit} ${index}`
    : `Images that use ${unit} ${index} most`;
}

/** Returns some images, evenly spaced. */
export function someOf(run, most = USERS) {
  const shown = Math.min(most, run.count);
  return Array.from({ length: shown }, (_, i) => Math.floor(((2 * i + 1) * run.count) / (2 * shown)));
}

/** Returns a weight as a text, with its sign if weights have both. */
export function weightText(kind, weight) {
  return `${kind.signed && weight > 0 ? "+" : ""}${figure(weight)}`;
}
