import { call } from './line.js';

// Tells the server that a person does something here. What scripts do by themselves is not trusted and not counted.
const every = 30_000; // ms
const kinds = ['pointerdown', 'keydown', 'wheel', 'touchmove'];

/** Reports to the page until stopped. */
export function watch(page) {
  let reportedAt = -Infinity;

  function onActivity(event) {
    if (!event.isTrusted || event.timeStamp - reportedAt < every) return;
    reportedAt = event.timeStamp;
    call(page, 'SeenAsync').catch(() => { reportedAt = -Infinity; }); // no connection: the next touch says it again
  }

  for (const kind of kinds) addEventListener(kind, onActivity, { passive: true, capture: true });
  return {
    stop() {
      for (const kind of kinds) removeEventListener(kind, onActivity, { capture: true });
    },
  };
}
