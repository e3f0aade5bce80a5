// Passkeys in the browser (WebAuthn Level 3). The server makes every challenge and judges every answer; this only carries them.

const ceremonyLifetime = 5 * 60 * 1000; // of the server's challenges, see Ceremony.Lifetime

const isSupported = () => typeof PublicKeyCredential === 'function' && typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function';

/** Posts fields with the token of a form; returns the text of the answer. */
async function post(address, fields, token) {
  const form = new FormData();
  form.set('__RequestVerificationToken', new FormData(token).get('__RequestVerificationToken'));
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const answer = await fetch(address, { method: 'POST', body: form, redirect: 'manual' });
  return answer.ok ? answer.text() : 'expired';
}

/** Adds a passkey for the signed-in person; returns one word. */
export async function add(password, name) {
  if (!isSupported()) return 'unsupported';
  const token = document.getElementById('account-token');
  const begun = await post('/account/passkeys/begin', { password }, token);
  if (!begun.startsWith('{')) return begun;
  const { ceremony, options } = JSON.parse(begun);
  try {
    const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
    return await post('/account/passkeys/complete', { ceremony, credential: JSON.stringify(made), name }, token);
  } catch (error) {
    return { InvalidStateError: 'exists', SecurityError: 'other-site', NotSupportedError: 'unsupported' }[error.name] ?? 'cancelled';
  }
}

/** Signs a challenge that came over the page's own line; returns the answer as JSON, or one word. */
export async function sign(options) {
  if (!isSupported()) return 'unsupported';
  try {
    const signed = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options)) });
    return JSON.stringify(signed);
  } catch (error) {
    return { SecurityError: 'other-site', NotSupportedError: 'unsupported' }[error.name] ?? 'not-signed';
  }
}

/** Renames or revokes; returns one word. */
export const change = (act, fields) => post(`/account/passkeys/${act}`, fields, document.getElementById('account-token'));

/** Makes recovery codes and keeps them for the page that comes next: this session ends with the old ones. */
export async function makeRecoveryCodes(password) {
  const answer = await post('/account/recovery-codes', { password }, document.getElementById('account-token'));
  if (!answer.startsWith('[')) return answer;
  sessionStorage.setItem('assistant.recovery-codes', answer);
  return 'changed';
}

/** The codes that were just made, once. */
export function takeRecoveryCodes() {
  const codes = JSON.parse(sessionStorage.getItem('assistant.recovery-codes') ?? '[]');
  sessionStorage.removeItem('assistant.recovery-codes');
  return codes;
}

export const print = () => window.print();

// --- The sign-in page: a button, and passkeys among what the browser offers for the email field. ---

let waiting = null; // what the browser offers quietly is given up when the button is pressed

async function ask(form, mediation) {
  waiting?.abort();
  const asked = waiting = new AbortController();
  const begun = await post('/account/sign-in/passkey/begin', {}, form);
  if (!begun.startsWith('{')) return begun;
  const { ceremony, options } = JSON.parse(begun);
  const signed = await navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options), mediation, signal: asked.signal,
  });
  form.elements.ceremony.value = ceremony;
  form.elements.credential.value = JSON.stringify(signed);
  form.submit();
  return null;
}

async function offer(form) {
  if (!await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
  const renewal = setTimeout(() => { if (!document.hidden) offer(form); }, ceremonyLifetime * 0.9);
  try {
    await ask(form, 'conditional');
  } catch {
    clearTimeout(renewal); // given up, by the person or by the button
  }
}

function watchSignIn(form) {
  if (!isSupported()) return;
  const button = form.querySelector('button'), problem = form.querySelector('[role=alert]');
  form.hidden = false;
  button.addEventListener('click', async () => {
    problem.hidden = true;
    try {
      problem.hidden = await ask(form, 'optional') === null;
    } catch (error) {
      problem.hidden = error.name === 'AbortError';
    }
  });
  // One that was just refused is not asked for again unasked: some answer by themselves, and would until the account is locked.
  if (new URLSearchParams(location.search).get('problem') !== 'passkey') offer(form);
}

const signInForm = document.getElementById('passkey-form');
if (signInForm) watchSignIn(signInForm);
