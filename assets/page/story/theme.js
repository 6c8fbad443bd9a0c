// Light or dark: as the reader's system prefers, until the button or a link chooses.

import { byId } from "../drawing/dom.js";

export function startTheme() {
  const theme = new Theme();
  const { dataset } = document.documentElement;
  byId("theme").addEventListener("click", () => theme.choose(dataset.theme === "dark" ? "light" : "dark"));
  return theme;
}

class Theme {
  constructor() {
    this.chosen = null;
    this.show(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  }

  /** Returns the theme that was chosen, as a piece of the state in the address; null if none was. */
  read() {
    return this.chosen;
  }

  /** Chooses a theme; a link without one leaves it to the reader. */
  apply(theme) {
    const isKnown = ["dark", "light"].includes(theme);
    if (isKnown) this.choose(theme);
    return isKnown || theme === null ? "" : "a theme is dark or light";
  }

  choose(theme) {
    this.chosen = theme;
    this.show(theme);
  }

  show(theme) {
    document.documentElement.dataset.theme = theme;
    byId("theme").textContent = theme === "dark" ? "Light" : "Dark";
  }
}
