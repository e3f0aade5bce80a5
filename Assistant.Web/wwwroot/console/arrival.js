/** Begins reading at the heading of the room, unless the person has gone somewhere in it already. */
export function arrive() {
  const at = document.activeElement;
  if (!at?.closest('main *, .tools')) document.querySelector('h1')?.focus();
}
