import { newId } from './attempts';
import { Composer } from './composer';
import { Conversation } from './conversation';
import { button, el, icon, isChoosing, setSafeHtml } from './dom';
import { DoubtNote } from './doubt';
import { Embed } from './embed';
import { Keeper } from './keeper';
import { Log, nameOf } from './log';
import { Menu } from './menu';
import { t } from './strings';
import { Trust } from './trust';
import { Config } from './types';

const cross = 'M18.3 5.7l-1.4-1.4L12 9.2 7.1 4.3 5.7 5.7l4.9 4.9-4.9 4.9 1.4 1.4 4.9-4.9 4.9 4.9 1.4-1.4-4.9-4.9z';
const nearBottom = 80;
const unseenMs = 100;

const config = JSON.parse(document.getElementById('chat-config')!.textContent!) as Config;
const title = document.title;
const keeper = new Keeper(config.connection);
const main = document.getElementById('chat-main')!;
const stateLine = document.getElementById('chat-state')!;

let isDrawing = false;
const { pass, key } = handedOn();
if (pass) {
  keeper.set('pass', `${pass} ${newId()}`);
}

if (pass || key) {
  // Taken out of the address, so that it is not shared by accident.
  history.replaceState(null, '', location.pathname + location.search);
}

const trust = new Trust(config.connection, keeper, key);
const conversation = new Conversation(config, keeper, trust, changed);
const embed = new Embed(config.parent, changed);
const log = new Log((message, data, button) => {
  button.dataset['pressed'] = 'yes';
  button.disabled = true;
  void conversation.press(message, data).then((isPressed) => {
    if (!isPressed) {
      delete button.dataset['pressed'];
      button.disabled = false;
    }
  });
});
const composer = new Composer(config.maxText, keeper, say, () => conversation.writing.goOn());
const menu = new Menu(keeper, conversation, config);

const earlier = el('button', { type: 'button', class: 'chip earlier', hidden: true, click: () => void showEarlier() }, t.earlier);
const writing = el('div', { class: 'writing', 'aria-hidden': 'true', hidden: true });
const notice = el('p', { class: 'notice', role: 'status', hidden: true });
const doubt = new DoubtNote(conversation);
const tampered = el('div', { class: 'ask bad', role: 'alert', hidden: true });
const more = el('button', { type: 'button', class: 'more', hidden: true, click: () => toBottom(true) });
const ask = el('div', { class: 'ask', hidden: true },
  el('span', {}, t.keepAsk),
  el('span', { class: 'row' },
    button('plain', () => decide(true), t.keep),
    button('plain', () => decide(false), t.notNow)));
const replies = el('div', { class: 'chips' }, ...config.quickReplies.map((reply) => button('chip', () => say(reply), reply)));

const tools = document.getElementById('chat-tools')!;
tools.append(menu.element);
if (embed.isEmbedded) {
  tools.append(el('button', { type: 'button', class: 'tool', 'aria-label': t.close, title: t.close, click: () => embed.close() }, icon(cross)));
  document.addEventListener('keydown', (event) => event.key === 'Escape' && !isChoosing(event) && embed.close());
}

main.prepend(earlier);
main.append(log.element, writing);
document.getElementById('chat-foot')!.append(more, notice, doubt.element, tampered, ask, replies, composer.element);
composer.ready();
composer.focus();

let isAtBottom = true;
main.addEventListener('scroll', () => {
  isAtBottom = main.scrollHeight - main.scrollTop - main.clientHeight < nearBottom;
  changed();
}, { passive: true });
document.addEventListener('visibilitychange', changed);
window.addEventListener('hashchange', () => (handedOn().pass || handedOn().key) && location.reload());
new ResizeObserver(() => isAtBottom && toBottom(false)).observe(main);

draw();
void conversation.start();

function say(text: string): void {
  isAtBottom = true;
  conversation.send(text);
  composer.focus(); // a quick reply goes away, and the focus with it
}

/** Draws once per frame, however much has changed. A page nobody sees gets no frames, and has to tell what is unread all the same. */
function changed(): void {
  if (isDrawing) {
    return;
  }

  isDrawing = true;
  requestAnimationFrame(drawChanged);
  setTimeout(drawChanged, unseenMs);
}

function drawChanged(): void {
  if (isDrawing) {
    isDrawing = false;
    draw();
  }
}

function draw(): void {
  log.draw(conversation);
  drawWriting();
  earlier.hidden = !conversation.hasEarlier;
  const isEmpty = conversation.messages.size === 0 && conversation.pending.length === 0;
  main.classList.toggle('fresh', isEmpty);
  replies.hidden = !isEmpty || conversation.doubt !== null;
  composer.element.hidden = conversation.doubt !== null;
  doubt.draw();
  drawTampered();
  stateLine.textContent = stateText();
  notice.textContent = conversation.trouble ? t[conversation.trouble]
    : conversation.wasForgotten ? t.wasForgotten : conversation.passRefused ? t.passRefused : '';
  notice.hidden = notice.textContent === '';
  ask.hidden = keeper.hasDecided || ![...conversation.messages.values()].some(({ author }) => author !== 'you');
  menu.draw(conversation);
  if (isAtBottom) {
    toBottom(false);
    if (embed.isShown) {
      conversation.markRead();
    }
  }

  const { unread } = conversation;
  more.hidden = isAtBottom || unread === 0;
  more.textContent = t.more(unread);
  document.title = unread > 0 ? `(${unread}) ${title}` : title;
  embed.tellUnread(unread);
}

function drawTampered(): void {
  const at = conversation.tamperedAt;
  if (tampered.hidden === (at === null)) {
    return;
  }

  tampered.hidden = at === null;
  tampered.replaceChildren(el('span', {}, t.tampered), button('plain', () => conversation.calm(), t.understood));
}

function drawWriting(): void {
  const { progress, typing } = conversation;
  writing.hidden = !progress && !typing;
  if (progress) {
    const balloon = writing.querySelector<HTMLElement>('.balloon.assistant') ?? el('div', { class: 'balloon assistant', dir: 'auto' });
    setSafeHtml(balloon, progress.html);
    if (!balloon.isConnected) {
      writing.replaceChildren(balloon);
    }
  } else if (typing && !writing.querySelector('.dots')) {
    writing.replaceChildren(el('div', { class: 'balloon dots' }, el('i'), el('i'), el('i')));
  } else if (!typing) {
    writing.replaceChildren();
  }
}

function stateText(): string {
  const { state, typing, hasJoined } = conversation;
  if (!hasJoined) {
    return '';
  }

  if (typing) {
    return t.writing(nameOf(typing));
  }

  if (state.answeredBy === 'person') {
    return t.answersPerson(nameOf({ author: 'person', name: state.name }));
  }

  return state.isClosed ? t.closed : state.isWaiting ? t.waiting : t.answersAssistant;
}

function toBottom(isByHand: boolean): void {
  isAtBottom = true;
  main.scrollTop = main.scrollHeight;
  if (isByHand) {
    changed();
    composer.focus();
  }
}

async function showEarlier(): Promise<void> {
  const height = main.scrollHeight;
  isAtBottom = false;
  earlier.disabled = true;
  try {
    await conversation.showEarlier();
    draw();
    main.scrollTop += main.scrollHeight - height;
  } catch {
    // The line fell; the button is there to be pressed again.
  } finally {
    earlier.disabled = false;
  }
}

function decide(isKept: boolean): void {
  keeper.remembers = isKept;
  changed();
  composer.focus();
}

/** What another device, a scanned code or the embedding page hands on. */
function handedOn(): { pass: string | null; key: string | null } {
  const handed = new URLSearchParams(location.hash.slice(1));
  return { pass: handed.get('pass'), key: handed.get('key') };
}
