// Put on other sites by one line: an async script element whose source is /chat/NAME/widget.js of this installation.
// Adds a button and, when it is pressed, a frame with the chat. Nothing of the site is read or changed.

interface Look {
  title: string;
  accent: string;
  onAccent: string;
}

const texts = navigator.language.toLowerCase().startsWith('zh')
  ? { open: '打开聊天', close: '关闭聊天', unread: (count: number) => `${count} 条未读消息` }
  : { open: 'Open chat', close: 'Close chat', unread: (count: number) => `${count} unread` };
const balloon = 'M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z';
const cross = 'M18.3 5.7l-1.4-1.4L12 9.2 7.1 4.3 5.7 5.7l4.9 4.9-4.9 4.9 1.4 1.4 4.9-4.9 4.9 4.9 1.4-1.4-4.9-4.9z';
const kinds = { ready: 'assistant-chat:ready', unread: 'assistant-chat:unread', close: 'assistant-chat:close', shown: 'assistant-chat:shown' };
const answersWithinMs = 10_000;
const triedAgainAfterMs = 4_000;
const besideEachOther = 68;
const styles = `
button { position: fixed; inset: auto calc(max(20px, env(safe-area-inset-right)) + var(--beside)) max(20px, env(safe-area-inset-bottom)) auto; z-index: 2147483000;
  width: 56px; height: 56px; padding: 0; border: 0; border-radius: 50%; background: var(--accent); color: var(--on-accent); cursor: pointer;
  box-shadow: 0 2px 12px rgb(0 0 0 / .25); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
svg { width: 26px; height: 26px; fill: currentColor; vertical-align: middle; }
.badge { position: absolute; top: -4px; right: -4px; min-width: 20px; height: 20px; padding: 0 5px; box-sizing: border-box; border-radius: 10px;
  background: #c62828; color: #fff; font: 600 12px/20px system-ui, sans-serif; }
.badge:empty { display: none; }
.frame { position: fixed; inset: auto max(20px, env(safe-area-inset-right)) calc(88px + env(safe-area-inset-bottom)) auto; z-index: 2147483001;
  width: min(384px, calc(100vw - 40px)); height: min(640px, calc(100dvh - 112px)); border-radius: 16px; overflow: hidden;
  box-shadow: 0 8px 32px rgb(0 0 0 / .28); }
.frame[hidden] { display: none; }
.frame ~ button[aria-expanded='true'] { z-index: 2147483002; }
iframe { width: 100%; height: 100%; border: 0; color-scheme: auto; }
@media (max-width: 480px) {
  .frame { inset: 0; width: 100vw; height: 100dvh; border-radius: 0; }
  .frame.ready:not([hidden]) ~ button { display: none; }
}`;

// Only while the script runs for the first time does the document say which one it is.
const script = document.currentScript as HTMLScriptElement | null;
const source = script?.src;
// The chat's key, when the site names it: the frame then talks to the holder of that key or to nobody.
const key = script?.dataset['key'];
// The chats of this page. A script may be there twice, or run again where a site puts another body in place of the first.
const chats = ((window as { assistantChats?: Set<string> }).assistantChats ??= new Set());

export function mount(look: Look): void {
  if (!source) {
    console.warn('The chat has to be added as a script element of its own.');
    return;
  }

  const page = new URL(new URL('.', source).href.replace(/\/$/, ''));
  if (chats.has(page.href)) {
    return;
  }

  const flag = `assistant-chat-used:${page.pathname}`;
  const host = document.createElement('assistant-chat');
  // On the element itself, because any rule of the site weighs more than one from in here.
  host.style.setProperty('all', 'initial', 'important');
  host.style.setProperty('position', 'absolute', 'important');
  host.style.setProperty('--beside', `${chats.size * besideEachOther}px`);
  host.style.setProperty('--accent', look.accent);
  host.style.setProperty('--on-accent', look.onAccent);
  chats.add(page.href);
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [sheet];

  const holder = document.createElement('div');
  holder.className = 'frame';
  holder.hidden = true;
  const launcher = document.createElement('button');
  launcher.type = 'button';
  const badge = document.createElement('span');
  badge.className = 'badge';
  const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  picture.setAttribute('viewBox', '0 0 24 24');
  picture.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  picture.append(shape);
  launcher.append(picture, badge);
  root.append(holder, launcher);

  let frame: HTMLIFrameElement | null = null;
  let isReady = false;
  let askedAt = 0;
  let unread = 0;
  draw();
  launcher.addEventListener('click', () => show(!!holder.hidden));
  document.addEventListener('keydown', (event) => {
    // One that ends a choice of characters in an input method (229) is not ours.
    if (event.key === 'Escape' && !event.isComposing && event.keyCode !== 229 && !holder.hidden) {
      show(false);
    }
  });
  window.addEventListener('message', ({ origin, source: from, data }) => {
    if (origin !== page.origin || !frame || from !== frame.contentWindow || typeof data?.type !== 'string') {
      return;
    }

    if (data.type === kinds.ready) {
      isReady = true;
      holder.classList.add('ready'); // it has a button to close it
      tell();
    } else if (data.type === kinds.close) {
      show(false);
    } else if (data.type === kinds.unread && Number.isInteger(data.count)) {
      unread = data.count;
      draw();
    }
  });

  const start = (): void => {
    document.body.append(host);
    new MutationObserver(stay).observe(document.documentElement, { childList: true });
    // Who has used the chat here before is told of new messages; for everyone else nothing is loaded until they ask.
    if (wasUsed(flag)) {
      (window.requestIdleCallback ?? ((then: () => void) => setTimeout(then, 1500)))(() => load());
    }
  };
  if (document.body) {
    start();
  } else {
    document.addEventListener('DOMContentLoaded', start, { once: true });
  }

  /** Goes over into another body, when a site changes pages that way; the frame is loaded anew by that. */
  function stay(): void {
    if (document.body && !host.isConnected) {
      ask();
      document.body.append(host);
    }
  }

  function show(isShown: boolean): void {
    if (isShown) {
      if (!isReady && Date.now() - askedAt > triedAgainAfterMs) {
        // It did not answer. The server may have been away for a moment.
        frame?.remove();
        frame = null;
      }

      load();
      markUsed(flag);
    }

    holder.hidden = !isShown;
    draw();
    tell();
    if (isShown) {
      frame?.focus();
    } else {
      launcher.focus();
    }
  }

  function load(): void {
    if (frame) {
      return;
    }

    ask();
    const asked = frame = document.createElement('iframe');
    frame.title = look.title;
    frame.allow = 'clipboard-write';
    frame.src = `${page.href}?parent=${encodeURIComponent(location.origin)}${key ? `#key=${encodeURIComponent(key)}` : ''}`;
    holder.append(frame);
    setTimeout(() => {
      if (frame === asked && !isReady) {
        console.warn(`The chat at ${page.href} did not answer. Is ${location.origin} on the list of sites that may embed it?`);
      }
    }, answersWithinMs);
  }

  function ask(): void {
    isReady = false;
    holder.classList.remove('ready');
    askedAt = Date.now();
  }

  function tell(): void {
    if (!isReady) {
      return;
    }

    frame?.contentWindow?.postMessage({ type: kinds.shown, visible: !holder.hidden }, page.origin);
  }

  function draw(): void {
    shape.setAttribute('d', holder.hidden ? balloon : cross);
    badge.textContent = holder.hidden && unread > 0 ? (unread > 99 ? '99+' : String(unread)) : '';
    const name = holder.hidden ? texts.open : texts.close;
    launcher.setAttribute('aria-label', badge.textContent ? `${name} (${texts.unread(unread)})` : name);
    launcher.setAttribute('aria-expanded', String(!holder.hidden));
  }
}

function wasUsed(flag: string): boolean {
  try {
    return localStorage.getItem(flag) !== null;
  } catch {
    return false;
  }
}

function markUsed(flag: string): void {
  try {
    localStorage.setItem(flag, '1');
  } catch {
    // A browser without storage loads the chat when it is opened.
  }
}
