// The three tables as rectangles on one scale, with their sizes.

import { make, shape } from "../drawing/dom.js";

const WIDEST = 300;
const HIGHEST = 110;
/** The least side of a rectangle: thinner ones could not be seen. */
const THINNEST = 2;

/** Returns a drawing of X ≈ W · H, and the sizes and counts in words. */
export function schemeOf({ images, pixels, rank, hasMean, method }) {
  const scale = Math.min(WIDEST / Math.max(pixels, rank), HIGHEST / Math.max(images, rank));
  const side = (size) => Math.max(THINNEST, scale * size);
  const [n, p, k] = [images, pixels, rank].map(side);
  const middle = Math.max(n, k) / 2 + 2;
  const drawn = [];
  let x = 2;
  const rectangle = (width, height, name) => {
    drawn.push(shape("rect", { x, y: middle - height / 2, width, height, class: name === "x" ? "table" : `table ${method}` }));
    x += width;
  };
  const sign = (words, room) => {
    drawn.push(shape("text", { x: x + room / 2, y: middle + 5, "text-anchor": "middle" }, words));
    x += room;
  };
  rectangle(p, n, "x");
  sign(hasMean ? "≈ mean +" : "≈", hasMean ? 84 : 28);
  rectangle(k, n, "w");
  sign("·", 18);
  rectangle(p, k, "h");
  const svg = shape("svg", { viewBox: `0 0 ${Math.ceil(x + 2)} ${Math.ceil(2 * middle)}`, "aria-hidden": "true" }, ...drawn);
  svg.style.maxWidth = `${Math.ceil(x + 2)}px`;
  const mean = hasMean ? "mean + " : "";
  const sizes = `X ≈ ${mean}W · H: ${images} × ${pixels} ≈ ${mean}${images} × ${rank} · ${rank} × ${pixels}`;
  const few = images * rank + rank * pixels + (hasMean ? pixels : 0);
  const numbers = `So ${few.toLocaleString("en")} numbers stand for the ${(images * pixels).toLocaleString("en")} numbers on this page.`;
  return [svg, make("p", { className: "what" }, make("strong", {}, sizes), ` ${numbers}`)];
}
