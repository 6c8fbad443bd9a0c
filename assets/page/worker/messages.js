// The worker: messages from the page, iterations between them, and what is reported back.
//
// From the page: `table` (the images), `least` (asks for the least errors), `vectors` (the best images, for the angle), `start`
// (a fit), `change` (some of `bounded`, `overlap`, `perSecond`), `run` (for some `iterations`, or until `pause` or the end),
// `decompose` (asks for all that a page shows of the images).
// To the page: `least` and, at most about 30 times per second, `state`; `progress` and then `decomposed`.

import { decompose } from "./decompose.js";
import { Fit } from "./fit.js";
import { largestAngle, leastErrors } from "./floor.js";
import { tableOf } from "./table.js";

/** The time between two reports in milliseconds: about 30 per second. */
const REPORT = 33;
/** A fit ends once the error has changed by less than this fraction within so many iterations, or after the most of them. */
const TOLERANCE = 1e-7;
const WINDOW = 10;
const MOST = 5000;

/** The state between messages: `left` is the number of iterations to go, `reported` that of errors the page has. */
const own = { table: null, vectors: null, fit: null, perSecond: Infinity, left: 0, timer: null };

const answers = {
  table({ table }) {
    own.table = tableOf(table);
  },
  least({ most }) {
    const { errors, vectors } = leastErrors(own.table, most);
    self.postMessage({ kind: "least", errors, vectors }, [vectors.buffer]);
  },
  vectors({ vectors }) {
    own.vectors = vectors;
    if (own.fit) report();
  },
  decompose({ settings }) {
    const found = decompose(own.table, settings, (progress) => self.postMessage({ kind: "progress", ...progress }));
    self.postMessage({ kind: "decomposed", ...found });
  },
  start({ id, settings }) {
    Object.assign(own, { id, fit: new Fit(own.table, settings), errors: [], reported: 0, since: 0, seconds: 0, left: 0, hasEnded: false });
    report();
  },
  change({ changes: { perSecond = own.perSecond, ...settings } }) {
    own.perSecond = perSecond;
    Object.assign(own.fit, settings);
    own.since = own.errors.length;
  },
  run({ iterations = Infinity }) {
    own.left = iterations;
  },
  pause() {
    own.left = 0;
  },
};

self.onmessage = ({ data }) => {
  answers[data.kind](data);
  clearTimeout(own.timer);
  if (own.left > 0) own.timer = setTimeout(work, 0);
};

/** Iterates until it is time to report; messages are received between reports. */
function work() {
  const began = performance.now();
  const pace = 1000 / own.perSecond;
  do {
    own.errors.push(own.fit.iterate());
    own.hasEnded = isEnd();
    own.left = own.hasEnded ? 0 : own.left - 1;
  } while (own.left > 0 && pace === 0 && performance.now() - began < REPORT);
  own.seconds = (performance.now() - began) / 1000;
  report();
  if (own.left > 0) own.timer = setTimeout(work, Math.max(0, pace - (performance.now() - began)));
}

function isEnd() {
  const { errors, since } = own;
  const last = errors.at(-1);
  const isSettled = errors.length > since + WINDOW && Math.abs(errors.at(-1 - WINDOW) - last) <= TOLERANCE * last;
  return isSettled || errors.length >= MOST;
}

/** Posts the factors, with all pixels of the parts, and the errors since the last report. */
function report() {
  const { id, table, vectors, fit, errors, seconds, hasEnded } = own;
  const { rank, iteration, objective } = fit;
  const basis = new Float32Array(rank * table.pixels);
  for (let l = 0, at = 0; l < rank; l++) for (const p of table.lit) basis[l * table.pixels + p] = fit.basis[at++];
  const weights = fit.weights.slice(0, rank * table.count);
  const angle = vectors ? largestAngle(fit.basis, vectors, rank, table.width) : null;
  const news = errors.slice(own.reported);
  own.reported = errors.length;
  const state = { kind: "state", id, rank, iteration, objective, basis, weights, angle, errors: news, seconds, hasEnded };
  self.postMessage(state, [basis.buffer, weights.buffer]);
}
