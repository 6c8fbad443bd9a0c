// The workers that learn: one iterates, the other one finds the least errors meanwhile. Their program is in this page, as text.

import { byId } from "../drawing/dom.js";

/** The most parts that can be learned here. */
export const MOST_PARTS = 49;

/** Returns a worker that has the images of a table; it ends when `signal` is aborted. */
export function beginWorker(table, signal, onFailure) {
  const address = URL.createObjectURL(new Blob([byId("worker").textContent], { type: "text/javascript" }));
  const worker = new Worker(address);
  worker.onerror = onFailure;
  signal.addEventListener("abort", () => worker.terminate());
  worker.postMessage({ kind: "table", table });
  return worker;
}

export class Learner {
  /** `onState` is called with each report of a fit, `onLeast` once with the least errors, `onFailure` if there is no worker. */
  constructor(run, { onState, onLeast, onFailure }) {
    const known = run.known ?? null;
    const scale = run.images instanceof Uint8Array ? run.scale / 255 : 1;
    const table = { images: run.images.slice(), pixels: run.pixels, scale, known: known?.slice() };
    const begin = () => beginWorker(table, run.signal, onFailure);
    this.id = 0;
    this.fit = begin();
    // The least errors are those of known images, and wait for the first report so as not to delay it.
    let findLeast = known ? null : () => this.findLeast(begin(), onLeast);
    this.fit.onmessage = ({ data }) => {
      findLeast?.();
      findLeast = null;
      if (data.id === this.id) onState(data);
    };
  }

  findLeast(worker, onLeast) {
    worker.postMessage({ kind: "least", most: MOST_PARTS });
    worker.onmessage = ({ data: { errors, vectors } }) => {
      worker.terminate();
      onLeast(errors);
      this.fit.postMessage({ kind: "vectors", vectors }, [vectors.buffer]);
    };
  }

  /** Begins a fit; reports of earlier ones are ignored from now on. */
  start(settings) {
    this.id += 1;
    this.fit.postMessage({ kind: "start", id: this.id, settings });
  }

  change(changes) {
    this.fit.postMessage({ kind: "change", changes });
  }

  run(iterations = Infinity) {
    this.fit.postMessage({ kind: "run", iterations });
  }

  pause() {
    this.fit.postMessage({ kind: "pause" });
  }
}
