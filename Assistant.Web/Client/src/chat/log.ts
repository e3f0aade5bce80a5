import { Conversation } from './conversation';
import { button, el, setSafeHtml } from './dom';
import { language, t } from './strings';
import { Message, Pending } from './types';

const clock = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
const calendar = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' });
const groupMs = 5 * 60_000;
// A browser hands on what was added a while after it was drawn, and looks only then whether it is to be told.
const hushMs = 500;

/** The messages, drawn with as little change as possible: what did not change keeps its element, so nothing moves or is read twice. */
export class Log {
  readonly element = el('ol', { class: 'log', role: 'log', 'aria-label': t.log, 'aria-live': 'polite' });
  readonly #items = new Map<string, { element: HTMLLIElement; drawn: unknown }>();
  readonly #press: (message: Message, data: string, button: HTMLButtonElement) => void;
  #from = 0;
  #hushed = 0;

  constructor(press: (message: Message, data: string, button: HTMLButtonElement) => void) {
    this.#press = press;
  }

  draw(conversation: Conversation): void {
    // What was stored and not shown back stays where it was said; what is not sent yet comes last.
    const entries = [...conversation.messages.values(), ...conversation.pending].sort((a, b) => placeOf(a) - placeOf(b));
    const wanted: HTMLLIElement[] = [];
    let previous: { author: string; name: string; at: Date } | null = null;
    for (const entry of entries) {
      // A pending message is redrawn when its state changes.
      const item = 'seq' in entry
        ? this.#item(`m${entry.seq}`, entry, () => this.#message(entry))
        : this.#item(`p${entry.id}`, entry.state, () => this.#pending(entry));
      const { author, name } = 'seq' in entry ? entry : { author: 'you', name: '' };
      previous = decorate(item, { author, name, at: new Date(entry.at) }, previous);
      wanted.push(item);
    }

    if (conversation.from !== this.#from) {
      this.#from = conversation.from;
      this.#hush();
    }

    const keep = new Set(wanted);
    for (const [key, { element }] of this.#items) {
      if (!keep.has(element)) {
        element.remove();
        this.#items.delete(key);
      }
    }

    wanted.forEach((item, index) => {
      if (this.element.children[index] !== item) {
        this.element.insertBefore(item, this.element.children[index] ?? null);
      }
    });
    const last = this.#items.get(`m${conversation.lastSeq}`)?.element;
    this.element.querySelectorAll<HTMLButtonElement>('.buttons button').forEach((button) => {
      button.disabled = button.closest('li') !== last || button.dataset['pressed'] === 'yes';
    });
  }

  /** What was said before is no news: a screen reader does not tell it unasked. */
  #hush(): void {
    this.element.setAttribute('aria-live', 'off');
    clearTimeout(this.#hushed);
    this.#hushed = setTimeout(() => this.element.setAttribute('aria-live', 'polite'), hushMs);
  }

  #item(key: string, drawn: unknown, make: () => HTMLElement[]): HTMLLIElement {
    const known = this.#items.get(key);
    if (known && known.drawn === drawn) {
      return known.element;
    }

    const element = known?.element ?? el('li', { role: 'none' }); // entries of a log are no list items
    element.replaceChildren(...make());
    this.#items.set(key, { element, drawn });
    return element;
  }

  #message(message: Message): HTMLElement[] {
    const balloon = el('div', { class: `balloon ${message.author}${message.isDeleted || message.isForgotten ? ' gone' : ''}`, dir: 'auto' });
    if (message.isDeleted) {
      balloon.textContent = t.deleted;
    } else if (message.isForgotten) {
      balloon.textContent = t.forgotten;
    } else if (message.author === 'you') {
      balloon.textContent = message.text;
    } else {
      setSafeHtml(balloon, message.html);
      // A wide table or line of code scrolls in itself; the keyboard has to be able to do that.
      balloon.querySelectorAll('pre, table').forEach((block) => block.setAttribute('tabindex', '0'));
    }

    const at = new Date(message.at);
    const meta = el('span', { class: 'meta' }, el('time', { datetime: message.at, title: at.toLocaleString(language) }, clock.format(at)),
      message.editedAt && !message.isDeleted ? ` · ${t.edited}` : null);
    return [el('span', { class: 'author' }, nameOf(message)), balloon, ...this.#buttons(message), meta];
  }

  #buttons(message: Message): HTMLElement[] {
    if (message.buttons.length === 0 || message.isDeleted) {
      return [];
    }

    return [el('div', { class: 'buttons' }, ...message.buttons.map(({ label, data }) => {
      const chip = button('chip', () => this.#press(message, data, chip), label);
      return chip;
    }))];
  }

  #pending(pending: Pending): HTMLElement[] {
    const note = pending.state === 'failed' ? (pending.isLong ? t.tooLong : t.failed) : pending.state === 'waiting' ? t.waitingToSend : '';
    return [
      el('span', { class: 'author' }, t.you),
      el('div', { class: `balloon you ${pending.state}`, dir: 'auto' }, pending.text),
      el('span', { class: `meta ${pending.state}` }, note || clock.format(new Date(pending.at))),
    ];
  }
}

function placeOf(entry: Message | Pending): number {
  return 'seq' in entry ? entry.seq : (entry.after ?? Number.MAX_SAFE_INTEGER);
}

export function nameOf({ author, name }: { author: string; name: string }): string {
  return name || { you: t.you, assistant: t.assistant, person: t.person }[author] || t.system;
}

/** Marks where an author or a day begins; messages of one author close together share a head. */
function decorate(item: HTMLLIElement, it: { author: string; name: string; at: Date }, before: typeof it | null): typeof it {
  const isSameDay = before?.at.toDateString() === it.at.toDateString();
  const isGrouped = before?.author === it.author && before.name === it.name && isSameDay && it.at.getTime() - before.at.getTime() < groupMs;
  item.className = `${it.author}${isGrouped ? ' grouped' : ''}`;
  if (before && !isSameDay) {
    item.dataset['day'] = calendar.format(it.at);
  } else {
    delete item.dataset['day'];
  }

  return it;
}
