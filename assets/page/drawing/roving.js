// One stop of the Tab key for many controls: the arrow keys move among them.

/** Makes one of several controls the stop of the Tab key. */
export function stopAt(controls, place) {
  for (const [index, control] of controls.entries()) control.tabIndex = index === place ? 0 : -1;
}

/** Handles the arrow keys, Home and End within a grid of buttons, of which the Tab key stops at one only. */
export function walkAmong(grid, event) {
  const items = [...grid.children].filter((item) => !item.hidden);
  const at = items.indexOf(document.activeElement);
  const columns = items.filter((item) => item.offsetTop === items[0].offsetTop).length;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  const ends = { Home: 0, End: items.length - 1 };
  const to = event.key in ends ? ends[event.key] : at + steps[event.key];
  if (at < 0 || !(to in items)) return;
  event.preventDefault();
  stopAt(items, to);
  items[to].focus();
}
