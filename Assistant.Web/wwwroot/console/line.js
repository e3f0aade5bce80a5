// Calls of scripts to their page. Blazor takes a fallen line up again, not the calls whose answers were on it: those would stay open for ever.
const bar = document.getElementById('components-reconnect-modal');
const changed = 'components-reconnect-state-changed';
const isDown = '[class*=components-reconnect-]:not(.components-reconnect-hide)';

/** Calls a method of the page. Fails where there is no line, or it falls before the answer: what was asked may then have been done. */
export async function call(page, method, ...values) {
  if (bar?.matches(isDown)) throw new Error('There is no line.');
  let onChange;
  const fallen = new Promise((_, fail) => {
    onChange = event => { if (event.detail.state === 'show') fail(new Error('The line fell.')); };
    bar?.addEventListener(changed, onChange);
  });
  try {
    return await Promise.race([page.invokeMethodAsync(method, ...values), fallen]);
  } finally {
    bar?.removeEventListener(changed, onChange);
  }
}
