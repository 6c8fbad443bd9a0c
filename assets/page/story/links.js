// The state in the address, after its #: the section in use, then what differs from the beginning, as in
// #recipe?image=12&part=nmf.5. A piece of the state has `read()`, which returns its text or null as at the beginning, and
// `apply(text)`, which puts it there (null: as at the beginning) and returns what is wrong with the text, or nothing.

import { byId, make } from "../drawing/dom.js";
import { bringSection, sectionIds, sectionInUse } from "./place.js";

/** Milliseconds between two looks at the state; browsers allow about 200 changes of the address in 30 seconds. */
const BETWEEN_WRITES = 400;
/** Milliseconds after which the note on a copied link closes. */
const NOTED = 8000;
/** What a link restores and what not. */
const SCOPE =
  "It opens this section with the image, part, terms, cover and settings of now, but no learning, drawing, moved point or selection.";
const SCOPE_OF_OWN = "It opens this section with the images that came with the page: yours are in no link.";

/** Returns the section and the values of an address; `values` is null if it has none and asks for a section alone. */
export function parseAddress(hash) {
  const [section, query = null] = hash.replace(/^#/, "").split(/\?(.*)/s);
  if (query === null) return { section, values: null };
  const pairs = query.split("&").filter(Boolean).map((pair) => pair.split(/=(.*)/s));
  return { section, values: new Map(pairs.map(([key, value = ""]) => [key, value])) };
}

/** Returns the part of an address after its #, or an empty text. */
function addressOf(section, pieces) {
  const pairs = Object.entries(pieces).map(([key, piece]) => [key, piece.read()]).filter(([, value]) => value !== null);
  const query = pairs.map(([key, value]) => `${key}=${value}`).join("&");
  return `${section ?? ""}${query ? `?${query}` : ""}`;
}

/** Keeps the address and the state of the page alike. `pieces` has the pieces of the state by their keys. */
export function startLinks(run, pieces) {
  const { signal } = run;
  const links = new Links(pieces, run.isOwn ? SCOPE_OF_OWN : SCOPE);
  const timer = setInterval(() => links.write(), BETWEEN_WRITES);
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    links.withdraw();
  });
  addEventListener("hashchange", () => links.follow(), { signal });
  addEventListener("pagehide", () => links.write(), { signal });
  byId("copy-link").addEventListener("click", () => links.copy(), { signal });
  byId("link-close").addEventListener("click", hideSaid, { signal });
  byId("link-note").addEventListener("keydown", ({ key }) => key === "Escape" && hideSaid(), { signal });
  history.scrollRestoration = "manual";
  return links;
}

class Links {
  constructor(pieces, scope) {
    this.pieces = pieces;
    this.scope = scope;
    /** Whether the state is being put as the address says, so that the address is not to be written. */
    this.isFollowing = false;
    /** The address that the note offers, or null. */
    this.offered = null;
  }

  /** Writes the state into the address, if it has changed. */
  write() {
    if (this.isFollowing) return;
    const address = addressOf(this.pieces.story?.section() ?? sectionInUse(), this.pieces);
    if (address === location.hash.slice(1)) return;
    this.withdraw();
    history.replaceState(null, "", address ? `#${address}` : location.href.split("#")[0]);
  }

  /** Puts the state as the address says, and states what of it was ignored. */
  async follow() {
    this.isFollowing = true;
    this.withdraw();
    const { section, values } = parseAddress(location.hash);
    const ignored = [];
    // The listeners of a change are called at the next frame, and what comes later builds upon it.
    await nextFrame();
    const isSection = sectionIds().includes(section);
    if (section && !isSection) ignored.push(`section ${section} (this page has none of that name)`);
    const behavior = values ? "instant" : "auto";
    if (isSection) bringSection(section, behavior);
    else scrollTo({ top: 0, behavior });
    if (values) ignored.push(...(await this.put(values)));
    // What was applied may have moved the section; a step of the story in it has brought its target.
    if (isSection && !byId(section).querySelector(".pointed")) bringSection(section, behavior);
    this.isFollowing = false;
    if (ignored.length) say(`Ignored in this link: ${ignored.join("; ")}.`);
  }

  /** Applies the values, in the order of the pieces; returns descriptions of those that are not valid. */
  async put(values) {
    const unknown = [...values.keys()].filter((key) => !(key in this.pieces)).map((key) => `${key} (not known here)`);
    const ignored = [];
    for (const [key, piece] of Object.entries(this.pieces)) {
      const text = values.get(key) ?? null;
      const before = piece.read();
      const wrong = piece.apply(text);
      if (wrong) ignored.push(`${key} ${text} (${wrong})`);
      if (piece.read() !== before) await nextFrame();
    }
    return [...ignored, ...unknown];
  }

  /** Closes the note with a link that is no longer that of the page. */
  withdraw() {
    if (this.offered === null) return;
    this.offered = null;
    clearTimeout(this.closing);
    if (byId("link-note").contains(document.activeElement)) hideSaid();
    else byId("link-note").hidden = true;
  }

  async copy() {
    this.write();
    const { href } = location;
    clearTimeout(this.closing);
    this.offered = href;
    try {
      await navigator.clipboard.writeText(href);
      say(`Link copied. ${this.scope}`);
      this.closing = setTimeout(() => this.withdraw(), NOTED);
    } catch {
      const field = make("input", { type: "text", readOnly: true, value: href, "aria-label": "Link to this state of the page" });
      say(`Copy this link. ${this.scope}`, field);
      field.select();
    }
  }
}

function nextFrame() {
  return new Promise(requestAnimationFrame);
}

function say(words, ...more) {
  byId("link-said").replaceChildren(make("p", {}, words), ...more);
  byId("link-note").hidden = false;
  more[0]?.focus();
}

function hideSaid() {
  byId("link-note").hidden = true;
  byId("copy-link").focus({ preventScroll: true });
}
