// A picture of the user: drawn, dropped, pasted, opened, or taken from the set or by the camera.

import { relativeError } from "../run/algebra.js";
import { atNextFrame, byId, panelOf } from "../drawing/dom.js";
import { exampleOf } from "../run/data.js";
import { Easel } from "../drawing/easel.js";
import { isSet } from "../folder/files.js";
import { largest, paintGrey } from "../drawing/paint.js";
import { atSize, greyPicture } from "../drawing/picture.js";
import { whenSeen } from "../drawing/seen.js";
import { startCamera } from "./camera.js";
import { Result } from "./result.js";
import { nextHeldOut } from "../run/state.js";

/** Pictures are reduced to this side before their pixels are read. */
const MOST_SIDE = 2048;

export function startOwn(run, solver) {
  return new Own(run, solver);
}

class Own {
  constructor(run, solver) {
    this.soon = atNextFrame(whenSeen(run, byId("own-panels"), () => this.show()));
    Object.assign(this, { run, solver, image: new Float32Array(run.pixels) });
    this.results = Object.values(run.kinds).map((kind) => {
      const how = kind.signed ? "mean, plus and minus" : `as a sum of ${kind.units}`;
      return new Result(panelOf(kind, "own"), run, kind, `${kind.name}: ${how}`);
    });
    const size = byId("own-size");
    size.value = Math.max(1, Math.round(Math.min(run.width, run.height) / 12));
    this.easel = new Easel(byId("own-easel"), run, "Drawing board", () => Number(size.value), (pixels) => this.draw(pixels));
    size.addEventListener("input", () => this.easel.showCursor());
    byId("own-clear").addEventListener("click", () => this.put(new Float32Array(run.pixels), "The board is empty: draw on it."));
    const take = byId("own-take");
    if (run.heldOut) take.textContent = "Next held-out image";
    take.addEventListener("click", () => {
      nextHeldOut(run);
      this.takeChosen();
    });
    byId("own-file").addEventListener("change", ({ target }) => {
      this.open(target.files[0]);
      // So that the same file can be opened again.
      target.value = "";
    });
    byId("own-invert").addEventListener("click", () => this.exchange());
    this.listenForFiles();
    const say = (words) => (byId("own-readout").textContent = words);
    startCamera(run, async (source, words) => this.put(await this.read(source), words), say);
    this.takeChosen();
  }

  draw(pixels) {
    const isLight = document.querySelector("[name=own-brush]:checked").value === "light";
    for (const p of pixels) this.image[p] = isLight ? this.run.scale : 0;
    byId("own-readout").textContent = "";
    this.soon();
  }

  takeChosen() {
    const { image, known, name, kind: origin } = exampleOf(this.run);
    // The first method fills in unknown pixels.
    const [kind] = Object.values(this.run.kinds);
    const filled = known ? this.solver.fit(kind, image, known).reconstructed : image;
    const whole = image.map((value, p) => (known && !known[p] ? filled[p] : value));
    const how = known ? ` Its unknown pixels are filled by ${kind.name}.` : "";
    this.put(whole, `This is ${name}, ${origin}.${how} Draw on it.`);
  }

  exchange() {
    if (!this.errors) this.show();
    const before = this.errors;
    this.put(this.image.map((value) => Math.max(0, this.run.scale - value)), "The picture is inverted.");
    /** The errors before the picture was inverted, by the names of the methods. */
    this.before = before;
  }

  put(image, words) {
    Object.assign(this, { image, before: null, errors: null });
    byId("own-readout").textContent = words;
    this.soon();
  }

  show() {
    const began = performance.now();
    const { image, run, solver } = this;
    const limit = Math.max(run.scale, largest(image));
    paintGrey(this.easel.canvas, image, run.width, limit);
    this.errors = {};
    for (const result of this.results) {
      const found = solver.fit(result.kind, image);
      const error = relativeError(image, found.reconstructed);
      this.errors[result.kind.name] = error;
      result.show(found, limit, error, "your picture");
    }
    byId("own").dataset.milliseconds = (performance.now() - began).toFixed(1);
  }

  listenForFiles() {
    const place = byId("own");
    const firstImage = (transfer) => [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/"));
    place.addEventListener("dragover", (event) => event.preventDefault());
    place.addEventListener("drop", (event) => {
      // Several files, or a folder, are a set of images to learn.
      if (isSet(event.dataTransfer)) return;
      event.preventDefault();
      this.open(firstImage(event.dataTransfer) ?? event.dataTransfer.files[0]);
    });
    const paste = (event) => {
      const file = firstImage(event.clipboardData);
      if (file) this.open(file);
    };
    document.addEventListener("paste", paste, { signal: this.run.signal });
  }

  async open(file) {
    if (!file) return;
    try {
      const image = await this.read(file);
      this.put(image, `This is ${file.name}, converted to grey and ${this.run.width}x${this.run.height} like the images of the run.${this.advice(image)}`);
    } catch {
      byId("own-readout").textContent = `${file.name} cannot be read as an image: try a PNG or JPEG file.`;
    }
  }

  /** Returns advice if the picture is much brighter than the images of the run, as ink on paper is. */
  advice(image) {
    const { images, scale } = this.run;
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const isBright = mean(image) / scale > 0.6 && mean(images) / 255 < 0.4;
    return isBright ? " It is much brighter than those: if it is ink on paper, invert it." : "";
  }

  /** Reads a file or a video frame as the run reads its images. */
  async read(source) {
    const { run } = this;
    const { preparation } = run.report.input;
    const picture = await greyPicture(source, preparation, MOST_SIDE);
    return atSize(picture, run, preparation.fit === "crop").map((value) => value * run.scale);
  }
}
