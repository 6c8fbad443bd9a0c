// The section in which the user gives a folder of images, which the page learns and then shows in place of its own.

import { byId, count, errorText, make } from "../drawing/dom.js";
import { paintGrey } from "../drawing/paint.js";
import { MOST_PARTS } from "../learning/learner.js";
import { row } from "../run/data.js";
import { reveal } from "../sections/folds.js";
import { runOfSet } from "./facts.js";
import { chosenFiles, droppedFiles, folderName } from "./files.js";
import { learnedSet } from "./job.js";
import { ignoredSentence, learnedSentence, skippedSentence } from "./notes.js";
import { decodedPictures } from "./pictures.js";

const DEFAULT_PARTS = 16;

/** `home` is the run of this page, and `show` shows another one in its place. */
export function startFolder(run, { home, show }) {
  const folder = new Folder(run, home, show);
  folder.listen();
  if (run.set) folder.showSet();
}

class Folder {
  constructor(run, home, show) {
    Object.assign(this, { run, home, show, set: run.set ?? null, job: null });
    this.tiles = [];
    run.signal.addEventListener("abort", () => this.job?.abort());
  }

  listen() {
    const { signal } = this.run;
    for (const id of ["folder-files", "folder-folder"]) byId(id).addEventListener("change", ({ target }) => this.choose(target));
    byId("folder-choice").hidden = !("webkitdirectory" in HTMLInputElement.prototype);
    byId("folder-cancel").addEventListener("click", () => this.job.abort());
    byId("folder-learn").addEventListener("click", () => this.start(() => this.set));
    byId("folder-home").addEventListener("click", () => this.replace(this.home));
    byId("folder-rank").addEventListener("input", () => this.label());
    Object.assign(byId("folder-rank"), { max: MOST_PARTS, value: this.set?.wanted ?? DEFAULT_PARTS });
    byId("folder-invert").checked = this.set?.inverted ?? false;
    this.label();
    document.addEventListener("dragover", (event) => this.drag(event), { signal });
    document.addEventListener("dragleave", (event) => this.mark(event.relatedTarget !== null), { signal });
    document.addEventListener("drop", (event) => this.drop(event), { signal });
  }

  label() {
    byId("folder-rank-value").textContent = byId("folder-rank").value;
  }

  drag(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.mark(true);
  }

  /** Marks the place for files while some are dragged over the page. */
  mark(isOver) {
    byId("folder-drop").classList.toggle("over", isOver);
  }

  drop(event) {
    this.mark(false);
    // A single picture that is dropped on a drawing board is opened there.
    if (event.defaultPrevented || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.take(droppedFiles(event.dataTransfer), folderName(event.dataTransfer));
  }

  choose(input) {
    this.take(Promise.resolve(chosenFiles(input)), folderName({ files: [...input.files] }));
    // So that the same files can be chosen again.
    input.value = "";
  }

  /** Decodes files, and learns from them. */
  take(files, name) {
    this.start(async (signal) => {
      const showDone = (done, all) => this.showProgress(done / all, `Reading file ${done} of ${all}.`);
      const decoded = await decodedPictures(await files, signal, showDone);
      const usable = decoded.pictures.length;
      if (usable >= 2) return { name, decoded };
      const needed = `At least two images are needed, and there is ${usable === 1 ? "one" : "none"}.`;
      throw new Error([needed, skippedSentence(decoded), ignoredSentence(decoded.ignored)].filter(Boolean).join(" "));
    });
  }

  /** Learns from the set that `setOf` returns, and shows it; a job before it ends. */
  async start(setOf) {
    this.job?.abort();
    const job = new AbortController();
    this.job = job;
    const began = performance.now();
    this.setAtWork(true);
    const settings = { wanted: Number(byId("folder-rank").value), inverted: byId("folder-invert").checked };
    try {
      this.showProgress(0, "Reading the files.");
      const set = await setOf(job.signal);
      const { learned, found } = await learnedSet(set, settings, job.signal, (report, size) => this.showReport(report, size));
      if (job.signal.aborted) return;
      this.replace(runOfSet({ ...learned, seconds: (performance.now() - began) / 1000 }, found, this.home));
    } catch (error) {
      if (this.job === job) this.end(job.signal.aborted ? "Cancelled: the page shows what it showed before." : error.message);
    }
  }

  /** Shows another run; this section stays where it is in the window. */
  replace(run) {
    const top = byId("folder").getBoundingClientRect().top;
    this.show(run);
    scrollBy({ top: byId("folder").getBoundingClientRect().top - top, behavior: "instant" });
    byId("folder-readout").focus({ preventScroll: true });
  }

  end(words) {
    this.setAtWork(false);
    byId("folder-readout").textContent = words;
  }

  setAtWork(isAtWork) {
    byId("folder-work").hidden = !isAtWork;
    byId("folder-found").hidden = isAtWork;
    byId("folder-learn").disabled = isAtWork || !this.set;
    byId("folder-readout").textContent = "";
    byId("folder-parts").replaceChildren();
    this.tiles = [];
    if (isAtWork) reveal(byId("folder")).scrollIntoView({ block: "nearest" });
  }

  /** Shows how far the work is; its end is unknown where `fraction` is null. */
  showProgress(fraction, words) {
    const progress = byId("folder-progress");
    if (fraction === null) progress.removeAttribute("value");
    else progress.value = fraction;
    byId("folder-text").textContent = words;
  }

  /** Draws the parts as they are learned. */
  showReport({ phase, iteration, error, parts }, { width, height }) {
    if (phase !== "nmf") return this.showProgress(null, "Finding the eigenimages and the figures.");
    const pixels = width * height;
    const rank = parts.length / pixels;
    if (this.tiles.length !== rank) {
      this.tiles = Array.from({ length: rank }, () => make("canvas"));
      byId("folder-parts").replaceChildren(...this.tiles);
    }
    for (const [index, canvas] of this.tiles.entries()) paintGrey(canvas, row(parts, index, pixels), width, 255);
    return this.showProgress(null, `Learning ${count(rank, "part")}: iteration ${iteration}, relative error ${errorText(error)}.`);
  }

  /** States what was learned, and which files could not be used. */
  showSet() {
    const { run, set } = this;
    byId("folder-home").hidden = false;
    byId("folder-learn").disabled = false;
    byId("folder-readout").replaceChildren(
      `${learnedSentence(run, set.seconds)} All sections of this page show these images now. `,
      make("a", { href: "#look" }, "See the parts"),
    );
    byId("folder-notes").append(...run.report.input.notes.map((note) => make("li", {}, note)));
    const { pictures, skipped } = set.decoded;
    const files = count(pictures.length + skipped.length, "image file");
    byId("folder-skipped").hidden = skipped.length === 0;
    byId("folder-skipped").append(
      make("summary", {}, `${skipped.length} of ${files} cannot be used`),
      make("ul", {}, ...skipped.map(({ path, reason }) => make("li", {}, `${path}: ${reason}`))),
    );
  }
}
