/** Sends a form of the page as if its button had been pressed. */
export function submitForm(id) {
  document.getElementById(id).submit();
}
