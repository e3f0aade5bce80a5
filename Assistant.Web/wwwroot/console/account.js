/** Posts fields to an address of ours with the page's token; returns the one word of the answer. */
export async function post(address, fields) {
  const form = new FormData(document.getElementById('account-token'));
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const answer = await fetch(address, { method: 'POST', body: form, redirect: 'manual' });
  return answer.ok ? answer.text() : 'expired';
}

/** Copies a text; says whether the browser let us. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
