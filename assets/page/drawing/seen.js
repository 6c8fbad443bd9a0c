// What is out of sight is not drawn: only once it comes into sight, with all that has changed meanwhile.

/** How far below or above the window something counts as in sight already. */
const MARGIN = "300px";

/** Returns a function that calls `draw` at once if `place` is in sight, and otherwise as soon as it is or the page is printed. */
export function whenSeen({ signal }, place, draw) {
  let [isSeen, isStale] = [false, false];
  const update = () => {
    isStale = false;
    draw();
  };
  const observer = new IntersectionObserver(
    (entries) => {
      isSeen = entries.at(-1).isIntersecting;
      if (isSeen && isStale) update();
    },
    { rootMargin: MARGIN },
  );
  observer.observe(place);
  signal.addEventListener("abort", () => observer.disconnect());
  addEventListener("beforeprint", () => isStale && update(), { signal });
  return () => {
    isStale = true;
    if (isSeen) update();
  };
}
