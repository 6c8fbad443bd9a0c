// The plane of two weights: its scales, and the dots that are near a place, in a direction or within a line.

const TICKS = 6;
/** How much a dot beside the direction counts as farther away. */
const SIDEWAYS = 2;
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Returns the ends of an axis, which include 0, and round values along it. */
export function scaleOf(values) {
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((most, value) => Math.max(most, value), 0) || (low < 0 ? 0 : 1);
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((times) => times * power >= rough) * power;
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(i * step);
  return { low, high, ticks };
}

/** Spreads images that come one after another over the whole order: the golden ratio. */
const SPREAD = (Math.sqrt(5) - 1) / 2;

/** Returns `first` and more of the dots, so that boxes of a size around them do not overlap. */
export function apart(places, dots, first, [width, height]) {
  const order = [...dots].sort((a, b) => ((a * SPREAD) % 1) - ((b * SPREAD) % 1));
  const found = [first];
  for (const dot of order) {
    const [x, y] = places[dot];
    const isFree = found.every((other) => Math.abs(places[other][0] - x) >= width || Math.abs(places[other][1] - y) >= height);
    if (isFree) found.push(dot);
  }
  return found;
}

/** Returns the dot closest to a place, within reach; null if there is none. */
export function dotAt(places, [x, y], reach) {
  let [found, least] = [null, reach];
  places.forEach(([px, py], index) => {
    const distance = Math.hypot(px - x, py - y);
    if (distance <= least) [found, least] = [index, distance];
  });
  return found;
}

/** Returns the dot that an arrow key leads to: the closest one in its direction; the same if there is none. */
export function dotTowards(places, from, key) {
  const [dx, dy] = DIRECTIONS[key];
  let [found, least] = [from, Infinity];
  places.forEach(([x, y], index) => {
    const along = (x - places[from][0]) * dx + (y - places[from][1]) * dy;
    const beside = Math.abs((x - places[from][0]) * dy) + Math.abs((y - places[from][1]) * dx);
    if (along < 1 || beside > along) return;
    const distance = along + SIDEWAYS * beside;
    if (distance < least) [found, least] = [index, distance];
  });
  return found;
}

/** Returns the dots within a closed line, in order. */
export function dotsWithin(places, line) {
  return [...places.keys()].filter((index) => isWithin(places[index], line));
}

/** Checks whether a ray from a place crosses a closed line an odd number of times. */
function isWithin([x, y], line) {
  let isInside = false;
  for (let i = 0, j = line.length - 1; i < line.length; j = i++) {
    const [[x1, y1], [x2, y2]] = [line[i], line[j]];
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) isInside = !isInside;
  }
  return isInside;
}
