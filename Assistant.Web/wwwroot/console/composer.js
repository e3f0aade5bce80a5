// The text somebody writes stays in the browser until the server has stored it.
const prefix = 'assistant.draft.';
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
  let setAside = ''; // a draft that gave way to a held reply being rewritten

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

  async function submit() {
    const written = text.value;
    const sentFrom = key;
    if (isSending || !written.trim() && !form.querySelector('[data-file]')) return;
    isSending = true;
    send.disabled = true;
    try {
      const isStored = await page.invokeMethodAsync('SendAsync', written);
      if (isStored) {
        localStorage.removeItem(prefix + sentFrom);
        // Words typed while it was on its way are the next message.
        if (key === sentFrom) {
          const rest = text.value.startsWith(written) ? text.value.slice(written.length) : text.value;
          setText(rest || setAside);
          setAside = '';
        }
      }
    } catch {
      // No connection: the text stays, the bar at the top says why.
    } finally {
      isSending = false;
      send.disabled = false;
    }
  }

  function onInput(event) {
    grow();
    keep();
    if (event.timeStamp - typedAt > typingEvery && text.value) {
      typedAt = event.timeStamp;
      page.invokeMethodAsync('Typing').catch(() => {});
    }
  }

  function onKey(event) {
    if (event.key !== 'Enter' || event.isComposing) return;
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
  const onPreview = () => { page.invokeMethodAsync('Preview', text.value).catch(() => {}); };

  text.addEventListener('input', onInput);
  text.addEventListener('keydown', onKey);
  form.addEventListener('submit', onSubmit);
  enterSends.addEventListener('change', onEnterChoice);
  preview.addEventListener('click', onPreview);

  return {
    open(next) {
      key = next;
      setAside = '';
      text.value = localStorage.getItem(prefix + key) ?? '';
      saved.hidden = !text.value;
      grow();
    },
    /** Puts a text in the place of the draft; an empty one brings the draft back. */
    setText(value) {
      const draft = setAside;
      setAside = value ? text.value : '';
      setText(value || draft);
    },
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
