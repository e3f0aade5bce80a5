// What was said, confirmed and shown, and the verdict over it. Pure bookkeeping: no clock, no network.
import { NONCE } from './engine.mjs';

export class Ledger {
  #said = new Map();
  #chats = new Map();
  #kills = [];
  #unconfirmed = [];
  disorder = [];
  misrouted = [];
  unattributed = [];
  duplicates = [];

  /** A person said the chat's next message; returns its nonce. */
  say(chat, at) {
    const state = this.#chat(chat);
    const entry = { nonce: `crash-${chat}-${++state.said}`, chat, seq: state.said, at, update: null, isConfirmed: false, shows: [] };
    this.#said.set(entry.nonce, entry);
    return entry;
  }

  /** The messenger queued it as this update. */
  queued(entry, update) {
    entry.update = update;
    this.#unconfirmed.push(entry);
  }

  /** The messenger was told that everything up to this update has arrived. */
  confirm(update) {
    while (this.#unconfirmed[0]?.update <= update) this.#unconfirmed.shift().isConfirmed = true;
  }

  /** A message was shown in a chat during a run of the program. Returns the message it answers for the first time. */
  show(chat, text, at, run) {
    const nonce = text.match(NONCE)?.[0];
    const entry = this.#said.get(nonce);
    if (!entry) {
      this.unattributed.push({ chat, run, text: text.slice(0, 120) });
      return null;
    }
    if (entry.chat !== chat) {
      this.misrouted.push({ nonce, chat, run });
      return null;
    }

    entry.shows.push({ at, run });
    if (entry.shows.length > 1) {
      this.duplicates.push({ nonce, first: entry.shows.at(-2), again: { at, run } });
      return null;
    }

    const state = this.#chat(chat);
    // Strict: an answer may neither overtake nor skip an earlier message of its chat.
    if (entry.seq !== state.answered + 1) this.disorder.push({ nonce, run, expected: state.answered + 1 });
    state.answered = Math.max(state.answered, entry.seq);
    return entry;
  }

  killed(run, at) {
    this.#kills[run] = at;
  }

  open(filter = () => true) {
    return [...this.#said.values()].filter(entry => entry.shows.length === 0 && filter(entry));
  }

  verdict(markWindowMs) {
    const lost = this.open();
    const duplicates = this.duplicates.map(({ nonce, first, again }) => {
      // The first copy was shown by a run that was killed before it can have recorded it: Telegram has no idempotency key.
      const beforeKillMs = this.#kills[first.run] === undefined ? null : Math.round((this.#kills[first.run] - first.at) * 10) / 10;
      return { nonce, runs: [first.run, again.run], beforeKillMs, explained: first.run < again.run && beforeKillMs !== null && beforeKillMs <= markWindowMs };
    });
    return {
      said: this.#said.size,
      answered: this.#said.size - lost.length,
      lostAcknowledged: lost.filter(entry => entry.isConfirmed).length,
      lostUnacknowledged: lost.filter(entry => !entry.isConfirmed).length,
      lostSamples: lost.slice(0, 10).map(entry => entry.nonce),
      outOfOrder: this.disorder.length,
      outOfOrderSamples: this.disorder.slice(0, 10),
      misrouted: this.misrouted.length,
      unattributed: this.unattributed.length,
      unattributedSamples: this.unattributed.slice(0, 5),
      duplicated: duplicates.length,
      duplicatedInSendMarkWindow: duplicates.filter(duplicate => duplicate.explained).length,
      duplicatedUnexplained: duplicates.filter(duplicate => !duplicate.explained).length,
      duplicateSamples: duplicates.slice(0, 20),
    };
  }

  #chat(chat) {
    if (!this.#chats.has(chat)) this.#chats.set(chat, { said: 0, answered: 0 });
    return this.#chats.get(chat);
  }
}

/** Whether the promise was kept. A duplicate outside the send-mark window is a fault; one inside it is counted only. */
export function isKept(verdict) {
  return verdict.lostAcknowledged + verdict.lostUnacknowledged + verdict.outOfOrder + verdict.misrouted + verdict.duplicatedUnexplained === 0;
}
