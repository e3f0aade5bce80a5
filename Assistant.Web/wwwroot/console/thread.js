// Keeps a reader's place in a thread: at the end it follows what comes, elsewhere nothing moves, whatever is put above or below.
const nearEnd = 48; // px from the end that still count as being there
const nearStart = 400; // px from the beginning at which older messages are fetched

/** Follows until stopped. `page` is told when the reader comes to the end, leaves it, or nears the beginning. */
export function follow(page, scroller, content) {
  let isAtEnd = true;
  let place = null; // the first message on screen and how far below the edge it begins
  let isFetching = false;

  const distance = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  const toEnd = () => { scroller.scrollTop = scroller.scrollHeight; };

  function remember() {
    const edge = scroller.getBoundingClientRect().top;
    place = null;
    for (const row of content.querySelectorAll('[data-row^="m"]')) { // days and held replies change their place
      const box = row.getBoundingClientRect();
      if (box.bottom > edge) { place = { row, offset: box.top - edge }; return; }
    }
  }

  function settle() {
    if (isAtEnd) { toEnd(); return; }
    if (!place?.row.isConnected) { remember(); return; }
    const moved = place.row.getBoundingClientRect().top - scroller.getBoundingClientRect().top - place.offset;
    if (Math.abs(moved) > 0.5) scroller.scrollTop += moved;
  }

  async function onScroll() {
    const atEnd = distance() < nearEnd;
    remember();
    if (atEnd !== isAtEnd) {
      isAtEnd = atEnd;
      await tell('ReaderMovedAsync', atEnd);
    }
    if (scroller.scrollTop < nearStart && !isAtEnd && !isFetching && content.querySelector('.older')) {
      isFetching = true;
      try { await tell('LoadOlderAsync'); } finally { isFetching = false; }
    }
  }

  // The circuit may be away for a moment; the place is told again with the next scroll.
  async function tell(method, ...values) {
    try { await page.invokeMethodAsync(method, ...values); } catch { /* reconnecting */ }
  }

  const sizes = new ResizeObserver(settle);
  const rows = new MutationObserver(settle);
  scroller.addEventListener('scroll', onScroll, { passive: true });
  sizes.observe(content);
  sizes.observe(scroller);
  rows.observe(content, { childList: true, subtree: true, characterData: true });
  toEnd();
  if (document.activeElement?.matches('[data-walk]')) scroller.focus({ preventScroll: true }); // the row that opened it

  return {
    toEnd() { isAtEnd = true; toEnd(); },
    stop() {
      sizes.disconnect();
      rows.disconnect();
      scroller.removeEventListener('scroll', onScroll);
    },
  };
}
