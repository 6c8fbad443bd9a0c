// The state: the chosen image and the highlighted basis image, with listeners for changes.

export const state = {
  /** The index of the chosen image. */
  image: 0,
  /** The index of the chosen image among the held-out images. */
  heldOut: 0,
  /** The basis image that is pointed at, and the selected one: `{ kind, index }`, with the units of its method as kind. */
  focus: null,
  kept: null,
};

let listeners = [];

/** Calls `listener` with the names of the changed properties, at most once per frame. */
export function onChange(listener) {
  listeners.push(listener);
}

/** Returns to the state and to no listeners, for another run with `first` as the chosen image. */
export function startState(first) {
  listeners = [];
  Object.assign(state, { image: first, heldOut: 0, focus: null, kept: null });
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
    for (const listener of listeners) listener(changed);
  });
}

/** Chooses the next held-out image, if there are any. */
export function nextHeldOut(run) {
  if (run.heldOut) change({ heldOut: (state.heldOut + 1) % run.heldOut.count });
}

/** Returns the basis image that is pointed at, or else the selected one. */
export function inFocus(kind = null) {
  const focus = state.focus ?? state.kept;
  return focus && (kind === null || focus.kind === kind) ? focus : null;
}
