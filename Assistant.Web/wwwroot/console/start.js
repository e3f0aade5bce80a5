import { followDevice } from './preferences.js';
import { watchConnection } from './reconnect.js';

watchConnection();
followDevice();

// A menu made of <details> closes when the person goes elsewhere or presses Escape.
document.addEventListener('click', event => {
  for (const menu of document.querySelectorAll('details[data-menu][open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  const menu = document.activeElement?.closest('details[data-menu][open]') ?? document.querySelector('details[data-menu][open]');
  if (menu) {
    menu.open = false;
    menu.querySelector('summary').focus();
    event.stopPropagation();
  }
}, true);
