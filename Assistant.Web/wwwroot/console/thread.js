import { call } from './line.js';

// Keeps a reader's place in a thread: at the end it follows what comes, elsewhere nothing moves, whatever is put above or below.
// The end of what is shown is the thread's only when no newer page is left (the button .newer): else it is a place like any other.
const nearEnd = 48; // px from the end that still count as being there
const nearEdge = 400; // px from either edge of what is shown at which the next page is fetched

/** Follows until stopped. `page` is told when the reader comes to the end, leaves it, or nears an edge with more behind it. */
export function follow(page, scroller, content) {
  let isAtEnd = true;
  let place = null; // the first message on screen and how far below the edge it begins
  let isFetching = false;

  const has = button => content.querySelector(button) !== null;
  const distance = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  const toEnd = () => { scroller.scrollTop = scroller.scrollHeight; };
  const messages = () => content.querySelectorAll('[data-row^="m"]'); // days and held replies change their place

  function remember() {
    const edge = scroller.getBoundingClientRect().top;
    place = null;
    for (const row of messages()) {
      const box = row.getBoundingClientRect();
      if (box.bottom > edge) { place = { row, offset: box.top - edge }; return; }
    }
  }

  function settle() {
    if (isAtEnd && !has('.newer')) { toEnd(); return; }
    if (!place?.row.isConnected) { remember(); return; }
    const moved = place.row.getBoundingClientRect().top - scroller.getBoundingClientRect().top - place.offset;
    if (Math.abs(moved) > 0.5) scroller.scrollTop += moved;
  }

  async function look() {
    const atEnd = distance() < nearEnd && !has('.newer');
    remember();
    if (atEnd !== isAtEnd) {
      isAtEnd = atEnd;
      await tell('ReaderMovedAsync', atEnd);
    }
  }

  // Which page the reader is about to need.
  function wanted() {
    if (scroller.clientHeight === 0) return null; // behind another pane
    if (distance() < nearEdge && has('.newer')) return 'LoadNewerAsync';
    return scroller.scrollTop < nearEdge && !isAtEnd && has('.older') ? 'LoadOlderAsync' : null;
  }

  // Again while it brings something: a reader who already is at the very edge cannot scroll to ask once more.
  async function fetchPages() {
    const method = wanted();
    if (method === null || isFetching) return;
    isFetching = true;
    try {
      let before;
      do {
        before = edges();
        await tell(method);
      } while (wanted() === method && edges() !== before);
    } finally { isFetching = false; }
    await look();
    if (wanted() !== method) await fetchPages(); // They turned round meanwhile.
  }

  function edges() {
    const rows = messages();
    return `${rows[0]?.dataset.row} ${rows[rows.length - 1]?.dataset.row}`;
  }

  async function onScroll() {
    await look();
    await fetchPages();
  }

  // The circuit may be away for a moment; the place is told again with the next scroll.
  async function tell(method, ...values) {
    try { await call(page, method, ...values); } catch { /* reconnecting */ }
  }

  const sizes = new ResizeObserver(settle);
  const rows = new MutationObserver(settle);
  scroller.addEventListener('scroll', onScroll, { passive: true });
  sizes.observe(content);
  sizes.observe(scroller);
  rows.observe(content, { childList: true, subtree: true, characterData: true });
  toEnd();
  // From the row that opened it; on a phone that is hidden by now, and nothing has the focus.
  if (document.activeElement?.matches('[data-walk], body')) scroller.focus({ preventScroll: true });

  return {
    toEnd() { isAtEnd = true; toEnd(); onScroll(); },
    stop() {
      sizes.disconnect();
      rows.disconnect();
      scroller.removeEventListener('scroll', onScroll);
    },
  };
}
