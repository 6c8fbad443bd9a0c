// On a narrow window the sections are folded to their headings, but for the first one; on a wide one all are open. Explanations
// are folded everywhere, and open on paper.

import { byId, make } from "../drawing/dom.js";

const NARROW = matchMedia("(max-width: 40rem)");
/** The ids of the sections that are open on a narrow window; they stay open if another run is shown. */
const opened = new Set();

/** Folds the sections of the page while the window is narrow. */
export function startFolds({ signal }) {
  const sections = [...document.querySelectorAll("main > section")];
  if (opened.size === 0) opened.add(sections[0].id);
  const headings = sections.map((section) => ({ section, words: section.querySelector("h2").textContent }));
  const update = () => headings.forEach(setHeading);
  NARROW.addEventListener("change", update, { signal });
  const follow = ({ target }) => {
    const link = target.closest("a[href^='#']");
    if (link) reveal(byId(link.hash.slice(1)));
  };
  document.addEventListener("click", follow, { signal });
  unfoldOnPaper(signal);
  update();
  reveal(byId(location.hash.slice(1)));
}

/** Opens folded explanations while the page is printed. */
function unfoldOnPaper(signal) {
  let folded = [];
  const setAll = (isOpen) => folded.forEach((details) => (details.open = isOpen));
  const before = () => {
    folded = [...document.querySelectorAll("main details:not([open])")];
    setAll(true);
  };
  addEventListener("beforeprint", before, { signal });
  addEventListener("afterprint", () => setAll(false), { signal });
}

/** Opens the section that an element is in, so that it can be scrolled to or focused. Returns the element. */
export function reveal(element) {
  const section = element?.closest("main > section");
  if (section) setOpen(section, true);
  return element;
}

/** Makes the heading of a section a button on a narrow window, and words on a wide one. */
function setHeading({ section, words }) {
  const button = make("button", { type: "button", className: "fold" }, words);
  button.addEventListener("click", () => setOpen(section, !opened.has(section.id)));
  section.querySelector("h2").replaceChildren(NARROW.matches ? button : words);
  setOpen(section, opened.has(section.id));
}

function setOpen(section, isOpen) {
  if (isOpen) opened.add(section.id);
  else opened.delete(section.id);
  section.classList.toggle("folded", !isOpen);
  section.querySelector(".fold")?.setAttribute("aria-expanded", String(isOpen));
}
