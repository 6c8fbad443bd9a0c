// The story: docked beside the sections, one question per step. A guess comes first; then the reader tries it on the page, and
// then come the number and the reason. What is counted is guesses that were right, not clicks.

import { byId, make } from "../drawing/dom.js";
import { guessFields, guessText, judge } from "./guesses.js";
import { bring, sectionInView } from "./place.js";
import { stepsOf } from "./steps.js";
import { summaryOf } from "./summary.js";

const BETWEEN_LOOKS = 200;
/** The classes of what is found: the verdict on the guess, the number, and the reason. */
const LINES = ["said", "number", "why"];
const MARKS = { true: "✓", false: "✗", null: "•" };

/**
 * What is kept while the page is open: the step, whether the story is open and at its end, and per step its stage, guess and
 * outcome.
 */
const told = { at: null, isOpen: false, isEnd: false, steps: {} };

/** Starts the story of a run. For another run, what was found in the one before is forgotten. */
export function startStory(run, page) {
  for (const [id, { stage }] of Object.entries(told.steps)) if (stage === "why") delete told.steps[id];
  const story = new Story(run, stepsOf(run, page));
  byId("start-story").addEventListener("click", () => story.open(), { signal: run.signal });
  run.signal.addEventListener("abort", () => story.stop());
  if (told.isOpen) story.go(told.at, { brings: false });
  return story;
}

class Story {
  constructor(run, steps) {
    Object.assign(this, { run, steps, place: byId("story") });
    const button = (name, act, properties = {}) => {
      const made = make("button", { type: "button", ...properties }, name);
      made.addEventListener("click", act);
      return made;
    };
    this.title = make("h2", { id: "story-title", tabIndex: -1 });
    this.fold = button("Fold", () => this.setFolded(!this.isFolded), { id: "story-fold" });
    this.body = make("div", { className: "story-body" });
    this.found = make("div", { className: "story-found", "aria-live": "polite" });
    this.guess = button("Guess", () => this.submit(), { className: "primary", id: "story-guess" });
    this.there = button("Go there", () => this.goThere(), { id: "story-there", title: "Moves the focus there; S returns here" });
    this.after = button("Next", () => this.next(), { id: "story-next" });
    this.before = button("Back", () => this.go(told.isEnd ? told.at : this.idAt(-1)), { id: "story-back" });
    this.showMe = button("Show me", () => this.reveal(), { id: "story-show" });
    this.score = make("p", { className: "what", id: "story-score" });
    const entries = steps.map((step, index) => this.entry(step, index));
    this.list = make("ol", { className: "story-steps", "aria-label": "Steps of the story" }, ...entries);
    this.place.replaceChildren(
      make("div", { className: "story-head" }, this.title, this.fold, button("Close", () => this.close(), { id: "story-close" })),
      make("div", { className: "story-scroll" }, this.body, this.found,
        make("div", { className: "row" }, this.guess, this.there, this.showMe, this.before, this.after), this.score, this.list),
    );
    this.place.addEventListener("keydown", ({ key }) => key === "Escape" && this.close(), { signal: run.signal });
  }

  entry({ id, title }, index) {
    const mark = make("span", { className: "mark", "aria-hidden": "true" }, String(index + 1));
    const name = make("span", { className: "story-name" }, title);
    const button = make("button", { type: "button", "data-step": id }, mark, name, make("span", { className: "unseen" }));
    button.addEventListener("click", () => this.go(id));
    return make("li", {}, button);
  }

  /** Returns the step that the story is at, and what is kept of it. */
  now() {
    const step = this.steps.find(({ id }) => id === told.at) ?? this.steps[0];
    const stage = step.isInvitation ? "try" : "guess";
    return { step, kept: (told.steps[step.id] ??= { stage, guess: null, isRight: null, lines: [] }) };
  }

  idAt(offset) {
    return this.steps[this.steps.indexOf(this.now().step) + offset]?.id;
  }

  /** The open step as a piece of the state in the address. */
  read() {
    return told.isOpen ? this.now().step.id : null;
  }

  /** Returns the section of the open step; null if none is open. */
  section() {
    return told.isOpen ? this.now().step.section : null;
  }

  apply(id) {
    if (id === this.read()) return "";
    const isStep = this.steps.some((step) => step.id === id);
    if (isStep) this.go(id, { brings: false });
    else if (told.isOpen) this.close({ focuses: false });
    return isStep || id === null ? "" : "this story has no such step";
  }

  /** Opens the story where it was left, or returns to it. */
  open() {
    if (this.place.hidden) this.go(told.at);
    this.setFolded(false);
    this.title.focus({ preventScroll: true });
  }

  close({ focuses = true } = {}) {
    told.isOpen = false;
    this.stop();
    if (focuses) byId("start-story").focus({ preventScroll: true });
  }

  /** Ends the watch and hides the story; it is kept at its step. */
  stop() {
    clearInterval(this.watch);
    this.unpoint();
    this.place.hidden = true;
    byId("start-story").setAttribute("aria-expanded", "false");
    document.documentElement.classList.remove("telling", "story-folded");
  }

  /** Goes to a step; without `brings`, the page stays where it is unless it is in another section. */
  go(id, { brings = true } = {}) {
    clearInterval(this.watch);
    this.unpoint();
    const hadFocus = this.place.contains(document.activeElement);
    Object.assign(told, { at: id, isOpen: true, isEnd: false });
    const { step, kept } = this.now();
    told.at = step.id;
    this.place.hidden = false;
    byId("start-story").setAttribute("aria-expanded", "true");
    document.documentElement.classList.add("telling");
    this.setFolded(false);
    this.isShown = false;
    if (kept.stage !== "why") step.begin?.();
    this.draw();
    this.targets = step.target.map((css) => document.querySelector(css)).filter(Boolean);
    for (const target of this.targets) target.classList.add("pointed");
    if (brings || [null, step.section].includes(sectionInView())) this.bringTarget();
    if (hadFocus) this.title.focus({ preventScroll: true });
    this.watch = setInterval(() => this.look(), BETWEEN_LOOKS);
  }

  /** Brings the target into view, and again once what the narrower page moves has its place. */
  bringTarget() {
    if (this.targets.length === 0) return;
    bring(...this.targets);
    requestAnimationFrame(() => requestAnimationFrame(() => this.targets.length && bring(...this.targets)));
  }

  next() {
    const id = this.idAt(1);
    if (told.isEnd) this.close();
    else if (id) this.go(id);
    else this.end();
  }

  /** Shows what was found in all steps. */
  end() {
    clearInterval(this.watch);
    this.unpoint();
    told.isEnd = true;
    this.draw();
    this.title.focus({ preventScroll: true });
  }

  /** Takes the guess; then it is tried. */
  submit() {
    const { step, kept } = this.now();
    const field = this.body.querySelector(step.amount ? "input" : "input:checked");
    if (!field) return this.body.querySelector("input").focus();
    Object.assign(kept, { guess: Number(field.value), stage: "try" });
    this.draw();
    this.bringTarget();
    return this.there.focus();
  }

  /** Does on the page what the step asks for; the number follows as soon as it is done. */
  reveal() {
    const { step, kept } = this.now();
    if (kept.stage === "guess") kept.stage = "try";
    this.isShown = true;
    if (!step.isDone()) step.show();
    this.draw();
    this.bringTarget();
    this.look();
    return this.after.focus({ preventScroll: true });
  }

  /** Checks whether it was tried. */
  look() {
    const { step, kept } = this.now();
    if (kept.stage === "try" && step.isDone()) this.finish();
  }

  /** Judges the guess, and states the number and the reason. */
  finish() {
    const { step, kept } = this.now();
    const hasGuess = kept.guess !== null;
    const isRight = hasGuess ? judge(step, kept.guess) : null;
    const guess = hasGuess ? guessText(step, kept.guess) : "";
    const unjudged = hasGuess ? `Your guess: ${guess}. Here it cannot be judged.` : "";
    const said = { true: `✓ Right: ${guess}.`, false: `Not this time. Your guess: ${guess}.`, null: unjudged }[isRight];
    Object.assign(kept, { stage: "why", isRight, lines: [said, step.number(), step.why()] });
    const hadFocus = this.place.contains(document.activeElement);
    this.draw();
    if (hadFocus) this.after.focus({ preventScroll: true });
  }

  draw() {
    if (told.isEnd) return this.drawEnd();
    const { step, kept } = this.now();
    const { stage } = kept;
    const index = this.steps.indexOf(step);
    this.place.dataset.stage = stage;
    this.title.textContent = `${index + 1}/${this.steps.length} ${step.title}`;
    this.body.replaceChildren(...(stage === "guess" ? this.question(step) : this.task(step, kept)));
    const lines = kept.lines.map((line, i) => make("p", { className: LINES[i], hidden: !line }, line));
    this.found.replaceChildren(...lines);
    this.guess.hidden = stage !== "guess";
    this.guess.disabled = Boolean(step.amount);
    this.there.hidden = stage !== "try";
    this.showMe.hidden = stage === "why" || (stage === "try" && this.isShown) || Boolean(step.isInvitation);
    this.before.disabled = index === 0;
    this.after.textContent = stage !== "why" && !step.isInvitation ? "Skip" : index === this.steps.length - 1 ? "Summary" : "Next";
    this.after.classList.toggle("primary", stage === "why");
    return this.drawList(step);
  }

  /** Draws the findings, each with its question. */
  drawEnd() {
    this.place.dataset.stage = "end";
    this.title.textContent = "What was found here";
    this.body.replaceChildren(...summaryOf(this.run).flatMap(([question, finding]) => [
      make("p", { className: "story-question" }, question), make("p", {}, finding),
    ]));
    this.found.replaceChildren();
    for (const button of [this.guess, this.there, this.showMe]) button.hidden = true;
    this.before.disabled = false;
    this.after.textContent = "Close";
    this.after.classList.add("primary");
    this.drawList(null);
  }

  drawList(step) {
    const judged = Object.values(told.steps).filter(({ isRight }) => isRight !== null);
    const right = judged.filter(({ isRight }) => isRight).length;
    const guesses = judged.length === 1 ? "guess" : "guesses";
    this.score.textContent = judged.length ? `${right} of ${judged.length} ${guesses} right.` : "";
    for (const [index, { id }] of this.steps.entries()) {
      const button = this.list.children[index].firstChild;
      const { stage, isRight } = told.steps[id] ?? {};
      const state = stage === "why" ? { true: "guessed right", false: "guessed wrong", null: "seen" }[isRight] : "not yet seen";
      button.firstChild.textContent = stage === "why" ? MARKS[isRight] : String(index + 1);
      button.lastChild.textContent = `, ${state}`;
      if (id === step?.id) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
  }

  /** Returns the question with what can be guessed. */
  question(step) {
    const fields = guessFields(step, () => (this.guess.disabled = false));
    return [make("fieldset", { className: "story-guess" }, make("legend", {}, step.question), ...fields)];
  }

  task(step, { stage, guess }) {
    const asked = make("p", { className: "story-question" }, step.question);
    if (stage === "why") return [asked];
    const words = this.isShown ? "Watch the page." : step.task;
    const task = make("p", { className: "story-task" }, words);
    return guess === null ? [asked, task] : [asked, make("p", { className: "what" }, `Your guess: ${guessText(step, guess)}.`), task];
  }

  goThere() {
    const { step } = this.now();
    const control = document.querySelector(step.control);
    this.bringTarget();
    control?.focus({ preventScroll: true });
  }

  setFolded(isFolded) {
    this.isFolded = isFolded;
    document.documentElement.classList.toggle("story-folded", isFolded);
    this.fold.textContent = isFolded ? "Unfold" : "Fold";
    this.fold.setAttribute("aria-expanded", String(!isFolded));
  }

  unpoint() {
    for (const target of this.targets ?? []) target.classList.remove("pointed");
    this.targets = [];
  }
}
