// The state: the chosen image and the highlighted basis image, with listeners for changes.

export const state = {
  /** Which image. */
  image: 0,
  /** What is pointed at or kept: `{ kind: "parts" | "eigenimages", index }`. */
  focus: null,
  kept: null,
};

const listeners = [];

/** Calls `tell` with the names of what has changed, at most once a frame. */
export function onChange(tell) {
  listeners.push(tell);
}

let waiting = null;

export function change(changes) {
  Object.assign(state, changes);
  if (waiting) {
    for (const key of Object.keys(changes)) waiting.add(key);
    return;
  }
  waiting = new Set(Object.keys(changes));
  requestAnimationFrame(() => {
    const changed = waiting;
    waiting = null;
    for (const tell of listeners) tell(changed);
  });
}

/** Returns the basis image that is pointed at, or else the selected one. */
export function inFocus(kind = null) {
  const focus = state.focus ?? state.kept;
  return focus && (kind === null || focus.kind === kind) ? focus : null;
}
