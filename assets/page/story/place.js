// Where one is in the page: the section in view, marked in the navigation, and the way to an element of it.

import { atNextFrame, byId } from "../drawing/dom.js";
import { reveal } from "../sections/folds.js";

/** Panels that may stay at the top of the window while what they belong to scrolls. */
const STICKY = ".chosen, #live-bar";
/** What shows that a section is in use. */
const USES = ["pointerdown", "focusin", "keydown"];
/** A section is in view once it begins above this fraction of the free height of the window. */
const BEGUN = 0.35;

/** The section that was operated last, and the section in view then. */
const used = { id: null, inView: null };

/** Returns the ids of the sections in the order of the navigation. */
export function sectionIds() {
  return [...document.querySelectorAll(".top nav a")].map((link) => link.hash.slice(1)).filter(byId);
}

/** Returns the id of the section in view; null at the top of the page. */
export function sectionInView() {
  if (scrollY < 1) return null;
  const ids = sectionIds().filter((id) => byId(id).getClientRects().length > 0);
  if (scrollY + innerHeight >= document.documentElement.scrollHeight - 1) return ids.at(-1) ?? null;
  const { top, bottom } = freeRange();
  const limit = top + BEGUN * (bottom - top);
  return ids.findLast((id) => byId(id).getBoundingClientRect().top <= limit) ?? null;
}

/** Returns the id of the section that was operated last, until another one comes into view; else that of the one in view. */
export function sectionInUse() {
  const inView = sectionInView();
  return used.id !== null && used.inView === inView ? used.id : inView;
}

/** Takes note of the section that is operated; at the top of the page, the first one needs no name. */
function use({ target }) {
  const id = target.closest("main > section")?.id;
  if (!id) return;
  const inView = sectionInView();
  Object.assign(used, { id: inView === null && id === sectionIds()[0] ? null : id, inView });
}

/** Scrolls until the elements are wholly in the free part of the window, or their beginning is if they are taller. */
export function bring(...elements) {
  for (const element of elements) reveal(element);
  const sticky = stickyBeside(elements);
  const boxes = elements.filter((element) => !sticky.some((panel) => panel.contains(element)));
  const { top: above, bottom } = freeRange();
  const top = above + sticky.reduce((sum, panel) => sum + panel.offsetHeight, 0);
  const [first, last] = extentOf(boxes.length ? boxes : elements);
  if (first >= top && last <= bottom) return;
  const title = elements[0].closest("section")?.getBoundingClientRect().top ?? first;
  const start = last - title <= bottom - top ? title : first;
  scrollBy(0, start - top);
}

/** Scrolls to the beginning of a section. */
export function bringSection(id, behavior = "auto") {
  reveal(byId(id)).scrollIntoView({ behavior });
}

/** Returns the part of the window that neither the header nor the story covers. */
function freeRange() {
  const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement);
  return { top: parseFloat(scrollPaddingTop) || 0, bottom: innerHeight - (parseFloat(scrollPaddingBottom) || 0) };
}

/** Returns the panels of the same section that stay at the top of the window above the elements. */
function stickyBeside(elements) {
  const panels = [...(elements[0].closest("section")?.querySelectorAll(STICKY) ?? [])];
  const isBeside = (panel) => !elements.every((element) => panel.contains(element));
  return panels.filter((panel) => getComputedStyle(panel).position === "sticky" && isBeside(panel));
}

function extentOf(elements) {
  const boxes = elements.map((element) => element.getBoundingClientRect());
  return [Math.min(...boxes.map(({ top }) => top)), Math.max(...boxes.map(({ bottom }) => bottom))];
}

/** Marks the section in view in the navigation, takes note of the one in use, and hands the heights of header and navigation to the style sheet. */
export function startPlace({ signal }) {
  const header = document.querySelector(".top");
  const nav = header.querySelector("nav");
  const links = [...nav.querySelectorAll("a")];
  const mark = () => {
    const here = sectionInView() ?? sectionIds()[0];
    for (const link of links) {
      const isHere = link.hash === `#${here}`;
      if (isHere === link.hasAttribute("aria-current")) continue;
      if (!isHere) link.removeAttribute("aria-current");
      else {
        const list = link.closest("ol");
        link.setAttribute("aria-current", "location");
        list.scrollLeft = link.offsetLeft + (link.offsetWidth - list.clientWidth) / 2;
      }
    }
  };
  const measure = () => {
    const { style } = document.documentElement;
    style.setProperty("--header", `${header.offsetHeight}px`);
    style.setProperty("--nav", `${header.offsetHeight - nav.offsetTop}px`);
  };
  const soon = atNextFrame(mark);
  const observers = [[header, measure], [byId("sections"), soon]].map(([element, act]) => {
    const observer = new ResizeObserver(act);
    observer.observe(element);
    return observer;
  });
  signal.addEventListener("abort", () => observers.forEach((observer) => observer.disconnect()));
  Object.assign(used, { id: null, inView: null });
  for (const name of USES) byId("sections").addEventListener(name, use, { signal });
  for (const moved of ["scroll", "resize"]) addEventListener(moved, soon, { signal });
  measure();
  soon();
}
