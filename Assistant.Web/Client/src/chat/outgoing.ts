import { newId, pause } from './attempts';
import { Keeper } from './keeper';
import { Line } from './line';
import { Link } from './link';
import { Message, Pending, SendResult } from './types';

const showBackMs = 3000;
const closedMs = 5000;
const faultMs = 2000;
const lookMs = 1000;

/** Whom it tells how the messages fare. */
export interface Owner {
  /** One looks different now. */
  changed(): void;
  /** The chat took one, or takes none for now. */
  took(isTaken: boolean): void;
  /** What was stored a while ago has not been shown back. */
  late(): void;
}

/** The sequence number of the newest message; 0 when there is none. */
export function newest(messages: ReadonlyMap<number, Message>): number {
  return Math.max(0, ...messages.keys());
}

/**
 * What the person says. What they wrote and the server has not shown back is kept until then, a reload included, and sent one after the
 * other, again under the same id: the order it was written in is the order it is stored in.
 */
export class Outgoing {
  readonly #keeper: Keeper;
  readonly #line: Line;
  readonly #link: Link;
  readonly #shown: ReadonlyMap<number, Message>;
  readonly #owner: Owner;
  /** All this tab ever knew of. */
  readonly #known = new Set<string>();
  #all: Pending[];
  #isSending = false;

  /** @param shown What the server has shown, as it comes. */
  constructor(keeper: Keeper, line: Line, link: Link, shown: ReadonlyMap<number, Message>, owner: Owner) {
    this.#keeper = keeper;
    this.#line = line;
    this.#link = link;
    this.#shown = shown;
    this.#owner = owner;
    this.#all = this.#kept();
  }

  get all(): readonly Pending[] {
    return this.#all;
  }

  add(text: string): void {
    // Half a character (a text cut off in the middle of one) is no text for the server: it is shown as what it is, unreadable.
    this.#all.push({ id: newId(), text: text.replace(/\p{Cs}/gu, '\ufffd'), at: new Date().toISOString(), state: 'waiting' });
    this.#keep();
  }

  clear(): void {
    this.#all = [];
  }

  /** Leaves only what still waits and was written since that time. */
  retain(since: string): void {
    this.#all = this.#all.filter((one) => one.state === 'waiting' && one.at >= since);
    this.#keep();
  }

  /** Takes away what the server has shown back. */
  settle(): void {
    if (this.#all.length === 0) {
      return;
    }

    const shown = new Set([...this.#shown.values()].map((message) => message.clientId));
    this.#all = this.#all.filter((one) => !shown.has(one.id.replaceAll('-', '')));
    this.#keep();
  }

  async send(): Promise<void> {
    if (this.#isSending) {
      return;
    }

    this.#isSending = true;
    try {
      for (let next = this.#next(); next && this.#line.isUp; next = this.#next()) {
        await this.#sendOne(next);
        this.#keep();
        this.#owner.changed();
      }
    } catch {
      // The line fell, and the next one comes back here; or the server had a fault, and is asked again in a while.
      window.setTimeout(() => void this.send(), faultMs);
    } finally {
      this.#isSending = false;
    }
  }

  /**
   * Presses a button of a message, however long there is no line or the chat takes nothing.
   * @param isWanted Whether whoever pressed it is still here.
   * @returns Whether the chat took it.
   */
  async press(seq: number, data: string, isWanted: () => boolean): Promise<boolean> {
    const id = newId();
    while (isWanted()) {
      try {
        const status = this.#line.isUp && await this.#say('Press', id, seq, data);
        if (status) {
          return status === 'stored';
        }
      } catch {
        // The line fell, or the server had a fault.
      }

      await pause(lookMs);
    }

    return false;
  }

  async #sendOne(one: Pending): Promise<void> {
    const after = newest(this.#shown);
    const status = await this.#say('Send', one.id, one.text);
    if (status === 'stored') {
      one.state = 'stored';
      one.after = after;
      this.settle();
      window.setTimeout(() => this.#all.includes(one) && this.#owner.late(), showBackMs);
    } else if (status !== null) {
      one.state = 'failed';
      one.isLong = status === 'long';
    }
  }

  /** @returns How it ended; null when it is to be said again, and the wait for that is over. */
  async #say(name: 'Send' | 'Press', ...args: unknown[]): Promise<SendResult['status'] | null> {
    const { status, retryAfterMs } = await this.#link.invoke<SendResult>(name, ...args);
    if (status === 'slow') {
      await pause(retryAfterMs);
      return null;
    }

    if (status === 'closed') {
      this.#owner.took(false);
      await pause(closedMs);
      return null;
    }

    if (status === 'stored') {
      this.#owner.took(true);
    }

    return status;
  }

  #next(): Pending | undefined {
    return this.#all.find((one) => one.state === 'waiting');
  }

  /** Other tabs of this browser may keep theirs in the same place: that is left alone. */
  #keep(): void {
    this.#all.forEach(({ id }) => this.#known.add(id));
    const unsent = [...this.#kept().filter(({ id }) => !this.#known.has(id)), ...this.#all.filter((one) => one.state === 'waiting')]
      .sort((one, other) => one.at.localeCompare(other.at));
    this.#keeper.set('pending', unsent.length ? JSON.stringify(unsent) : null);
  }

  #kept(): Pending[] {
    return JSON.parse(this.#keeper.get('pending') ?? '[]') as Pending[];
  }
}
