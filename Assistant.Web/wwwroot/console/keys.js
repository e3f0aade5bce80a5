import { press, walk } from './rows.js';

// Keys of the console. Typing in a field is never taken for a command, except Escape, Ctrl+K and keys with Ctrl.
const patience = 1200; // ms between g and its letter

function isTyping(target) {
  return target.closest?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=""], [contenteditable=true]');
}

/** Whether a key belongs to the choice of characters that is under way; Safari ends the choice before the key that ended it. */
export function isChoosing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** Listens until stopped. `page` is told of keys the room registered. */
export function listen(page, sheet, palette) {
  let keys = new Set();
  let wentAt = -Infinity;

  const openSheet = () => { if (!sheet.open) sheet.showModal(); };
  const openPalette = async () => {
    if (palette.open) return;
    palette.querySelector('input').value = '';
    palette.showModal();
    palette.querySelector('input').focus();
    await page.invokeMethodAsync('OpenPaletteAsync');
  };

  function goRoom(letter) {
    const link = [...document.querySelectorAll(`[data-go="${CSS.escape(letter)}"]`)][0];
    link?.click();
    return Boolean(link);
  }

  function goBack() {
    const back = [...document.querySelectorAll('[data-back]')].pop();
    back?.click();
  }

  async function onKey(event) {
    if (event.defaultPrevented || isChoosing(event)) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      await openPalette();
      return;
    }
    if (document.querySelector('dialog[open], .mud-dialog')) return; // a dialog has its own keys
    if (event.key === 'Escape') {
      if (isTyping(event.target)) event.target.blur(); else goBack();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;

    if (event.timeStamp - wentAt < patience) {
      wentAt = -Infinity;
      if (goRoom(event.key)) { event.preventDefault(); return; }
    }
    if (event.key === 'g') { wentAt = event.timeStamp; return; }
    if (event.key === '?') { event.preventDefault(); openSheet(); return; }
    if (event.key === '/') {
      const search = document.querySelector('[data-search]');
      if (search) { event.preventDefault(); search.focus(); search.select?.(); }
      return;
    }
    if (event.key === 'j' || event.key === 'k') {
      if (walk(event.key === 'j' ? 1 : -1)) event.preventDefault();
      return;
    }
    if (keys.has(event.key)) {
      event.preventDefault();
      await page.invokeMethodAsync('PressAsync', event.key);
    }
  }

  function onClick(event) {
    if (!(event.target instanceof Element)) return;
    press(event.target);
    // A button that stands for a key, for those who use a pointer.
    if (event.target.closest('[data-press="?"]')) openSheet();
  }

  // A click beside a dialog closes it.
  function onBackdrop(event) {
    if (event.target === sheet || event.target === palette) event.target.close();
  }

  // Up and down choose in the list; the caret stays where it is. While characters are chosen these keys are not the list's.
  function onPaletteKey(event) {
    if (isChoosing(event)) { event.stopPropagation(); return; }
    if (['ArrowUp', 'ArrowDown', 'Enter'].includes(event.key)) event.preventDefault();
  }

  document.addEventListener('keydown', onKey);
  document.addEventListener('click', onClick);
  sheet.addEventListener('click', onBackdrop);
  palette.addEventListener('click', onBackdrop);
  palette.addEventListener('keydown', onPaletteKey);

  return {
    setKeys(next) { keys = new Set(next); },
    closePalette() { palette.close(); },
    stop() {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('click', onClick);
    },
  };
}
