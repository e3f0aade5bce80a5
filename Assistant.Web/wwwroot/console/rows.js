// Rows of the room on screen. Each has a link marked data-walk: j and k move the focus along them, and Enter opens the one that has it.
let last = null; // address of the row last walked to or opened

const rows = () => [...document.querySelectorAll('[data-walk]')].filter(row => row.checkVisibility());
const addressOf = row => row.getAttribute('href');

/** Moves the focus to the next (1) or the previous (-1) row; says whether there was one. */
export function walk(step) {
  const all = rows();
  const place = [row => row === document.activeElement, row => row.ariaCurrent === 'true', row => addressOf(row) === last]
    .map(isHere => all.findIndex(isHere)).find(index => index >= 0);
  const next = all[place === undefined ? 0 : Math.min(Math.max(place + step, 0), all.length - 1)];
  if (!next) return false;
  last = addressOf(next);
  next.focus({ focusVisible: true });
  return true;
}

/** A row of a table opens wherever it is pressed, unless something else is pressed there or text is being marked. */
export function press(target) {
  const row = target.closest('[data-walk]');
  if (row) {
    last = addressOf(row);
  } else if (!target.closest('a, button, input, label') && getSelection().type !== 'Range') {
    target.closest('tr')?.querySelector('[data-walk]')?.click();
  }
  // Who closes what a row opened goes on from that row.
  if (target.closest('[data-back]')) rows().find(each => addressOf(each) === last)?.focus({ preventScroll: true });
}
