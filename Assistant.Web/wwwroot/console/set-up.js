/** Sends a form of the page as if its button had been pressed. */
export function submitForm(id) {
  document.getElementById(id).submit();
}

/** What stands in the fields with these ids. */
export function valuesOf(ids) {
  return ids.map(id => document.getElementById(id)?.value ?? '');
}
