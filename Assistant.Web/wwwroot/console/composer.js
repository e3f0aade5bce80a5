import { isChoosing } from './keys.js';
import { call } from './line.js';

// The text somebody writes stays in the browser until the server has stored it.
const prefix = 'assistant.draft.';
const sentPrefix = 'assistant.sent.'; // the name a draft was sent under whose answer has not come
const enterKey = 'assistant.enterSends';
const typingEvery = 3000; // ms

/** Runs a composer until stopped: drafts, growing, keys and sending. */
export function attach(page, form) {
  const text = form.querySelector('textarea');
  const saved = form.querySelector('[data-saved]');
  const enterSends = form.querySelector('[data-enter-sends]');
  const preview = form.querySelector('[data-preview]');
  const send = form.querySelector('[type=submit]');
  const growsByItself = CSS.supports('field-sizing', 'content');
  let key = null;
  let typedAt = -Infinity;
  let isSending = false;

  enterSends.checked = localStorage.getItem(enterKey) === 'true';

  function grow() {
    if (growsByItself) return;
    text.style.height = 'auto';
    text.style.height = `${text.scrollHeight}px`;
  }

  function keep() {
    if (!key) return;
    if (text.value) localStorage.setItem(prefix + key, text.value); else localStorage.removeItem(prefix + key);
    saved.hidden = !text.value;
  }

  function setText(value) {
    text.value = value;
    grow();
    keep();
  }

  // Other words for a held reply give way to the reply somebody was writing. Keys: conversation, then Reply, Note or the held reply's.
  const ownDraftBeside = held => held.replace(/\.(?!Reply$|Note$)[^.]+$/, '.Reply');

  // Sent again without a change, words go under the name they had: the server stores them once. Not randomUUID, which only secure pages have.
  function nameOf(sentFrom, written) {
    const name = written.trim() && localStorage.getItem(sentPrefix + sentFrom)
      || Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
    if (written.trim()) localStorage.setItem(sentPrefix + sentFrom, name);
    return name;
  }

  const forgetName = sentFrom => localStorage.removeItem(sentPrefix + sentFrom);

  async function submit() {
    const written = text.value;
    const sentFrom = key;
    if (isSending || !written.trim() && !form.querySelector('[data-file]')) return;
    isSending = true;
    send.disabled = true;
    try {
      const isStored = await call(page, 'SendAsync', sentFrom, written, nameOf(sentFrom, written));
      if (isStored) {
        forgetName(sentFrom);
        // Words typed while it was on its way are the next message.
        const typed = (key === sentFrom ? text.value : localStorage.getItem(prefix + sentFrom)) ?? '';
        const rest = typed.startsWith(written) ? typed.slice(written.length) : typed;
        localStorage.removeItem(prefix + sentFrom);
        if (key === sentFrom) setText(rest);
        else if (rest && key === ownDraftBeside(sentFrom)) setText(text.value ? `${text.value}\n${rest}` : rest);
      }
    } catch {
      // No connection, or none any more: the text stays, the bar at the top says why.
    } finally {
      isSending = false;
      send.disabled = false;
    }
  }

  function onInput(event) {
    grow();
    keep();
    if (key) forgetName(key);
    if (event.timeStamp - typedAt > typingEvery && text.value) {
      typedAt = event.timeStamp;
      call(page, 'Typing').catch(() => {});
    }
  }

  function onKey(event) {
    if (event.key !== 'Enter' || isChoosing(event)) return;
    const wantsSend = event.ctrlKey || event.metaKey || (enterSends.checked && !event.shiftKey);
    if (wantsSend) {
      event.preventDefault();
      submit();
    }
  }

  function onSubmit(event) {
    event.preventDefault();
    submit();
  }

  const onEnterChoice = () => localStorage.setItem(enterKey, String(enterSends.checked));
  const onPreview = () => { call(page, 'Preview', text.value).catch(() => {}); };

  text.addEventListener('input', onInput);
  text.addEventListener('keydown', onKey);
  form.addEventListener('submit', onSubmit);
  enterSends.addEventListener('change', onEnterChoice);
  preview.addEventListener('click', onPreview);

  return {
    /** Writes on at the draft kept under a key; where there is none, at the text that is given. */
    open(next, given) {
      const kept = localStorage.getItem(prefix + next);
      key = next;
      text.value = kept ?? given;
      saved.hidden = !kept;
      grow();
    },
    /** Lets a draft go. */
    drop(unwanted) { localStorage.removeItem(prefix + unwanted); forgetName(unwanted); },
    focus() { text.focus({ preventScroll: true }); text.setSelectionRange(text.value.length, text.value.length); },
    stop() {
      text.removeEventListener('input', onInput);
      text.removeEventListener('keydown', onKey);
      form.removeEventListener('submit', onSubmit);
      enterSends.removeEventListener('change', onEnterChoice);
      preview.removeEventListener('click', onPreview);
    },
  };
}
