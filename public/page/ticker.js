/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;

/**
 * Calls once a second, for what counts seconds on the page; all that listen in the same moment, and nobody while the
 * page is hidden. Returns how to stop.
 *
 * @param {() => void} listener
 */
export function everySecond(listener) {
  listeners.add(listener);
  timer ??= setInterval(tick, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick() {
  if (document.hidden) return;
  for (const listener of [...listeners]) listener();
}
