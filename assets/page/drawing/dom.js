// Elements made of text only: file names are shown and never parsed as markup.

export function byId(id) {
  return document.getElementById(id);
}

/** An element with properties, `aria-` and `data-` attributes, and children: elements or text. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

/** Returns a file name, isolated from the direction of the text around it. */
export function nameOf(name) {
  return make("bdi", { className: "name", title: name }, name);
}

/** A canvas with a caption below it, and both as one figure. */
export function pictured(name, properties = {}) {
  const canvas = make("canvas", { role: "img", "aria-label": name, ...properties });
  const caption = make("figcaption", {}, name);
  return { canvas, caption, whole: make("figure", {}, canvas, caption) };
}

/** A panel in the colour of a method, at the end of a section's row of panels. */
export function panelOf(kind, section) {
  const panel = make("div", { className: `panel ${kind.key}`, id: `${section}-${kind.key}` });
  byId(`${section}-panels`).append(panel);
  return panel;
}

/** Returns a function that does the work once at the next frame, however often it is called. */
export function atNextFrame(work) {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      work();
    });
  };
}

export function shape(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const HARD_SPACE = "\u00a0";

/** Returns the number of decimals of a percentage, as in the pictures. */
function decimalsOf(share) {
  const value = Math.abs(100 * share);
  if (value === 0 || value >= 99.95) return 0;
  return value >= 0.995 ? 1 : 2;
}

/** Returns a fraction in percent, with the digits of the pictures by default. */
export function percent(share, digits = decimalsOf(share)) {
  if (digits === 2 && share !== 0 && Math.abs(share) < 0.0001) return `< 0.01${HARD_SPACE}%`;
  return Number.isFinite(share) ? `${(100 * share).toFixed(digits)}${HARD_SPACE}%` : "none";
}

/** Returns what the error of a run over all its images is called; a run that was learned on the page has no weights. */
export function errorName(report) {
  const { pixels, images } = report.nmf.weighted ?? {};
  return pixels || images ? "weighted relative error" : "relative error";
}

/** Returns a relative error in percent. All have two decimals, so that the same error reads the same wherever it stands. */
export function errorText(error) {
  return percent(error, 2);
}

export function figure(value, digits = 3) {
  if (!Number.isFinite(value)) return "none";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 0.001 || size >= 100000) ? value.toExponential(1) : String(Number(value.toPrecision(digits)));
  return text.replace("-", "\u2212");
}

export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

export function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}
