import { pause } from './attempts';
import { Keeper } from './keeper';
import { Line } from './line';
import { Link, OpenLink, SealedLink } from './link';
import { canEncrypt } from './noise';
import { newest, Outgoing } from './outgoing';
import { Doubt, Trust } from './trust';
import { CaughtUp, Config, JoinResult, Message, Pending, Progress, State, Typing } from './types';
import { Writing } from './writing';

const typingShownMs = 6000;
const faultMs = 2000;
const openedAt = new Date().toISOString();

/** What may stand in the way, to be told to the person. */
export type Trouble = 'offline' | 'notOpen' | 'refused' | 'busy' | 'cannotEncrypt' | null;

/**
 * The conversation as this device knows it. Messages are merged by sequence number, so it does not matter how often or in which
 * order they come. What the person wrote is {@link Outgoing} until the server has shown it back.
 */
export class Conversation {
  readonly messages = new Map<number, Message>();
  progress: Progress | null = null;
  typing: Typing | null = null;
  state: State = { answeredBy: 'assistant', name: '', isWaiting: false, isClosed: false };
  devices = 1;
  readSeq: number;
  hasEarlier = false;
  /** Where what was read of the conversation begins; there may be nothing to see there. */
  from = 0;
  trouble: Trouble = null;
  hasJoined = false;
  /** Nothing is said until the person has decided about it. */
  doubt: Doubt | null = null;
  /** When somebody on the way last changed, repeated or withheld something; null when nobody did, or the person knows. */
  tamperedAt: Date | null = null;
  /** It was forgotten while this page was open; until the person writes, they are told. */
  wasForgotten = false;
  /** The link this device came by brought it nowhere, and nothing was written since. */
  passRefused = false;
  readonly trust: Trust;
  readonly writing = new Writing((isWriting) => this.#line.isUp && this.#link.send('Typing', isWriting).catch(ignore));

  readonly #config: Config;
  readonly #keeper: Keeper;
  readonly #line: Line;
  readonly #link: Link;
  readonly #outgoing: Outgoing;
  readonly #changed: () => void;
  /** Whom all of this belongs to; null when the page does not know yet. */
  #visitor: string | null;
  /** What is told while a join is under way waits here: nobody knows yet whose it is and what came before it. */
  #early: Message[] | null = null;
  #isCatchingUp = false;
  #isBehind = false;
  #endedTurn: string | null = null;
  #typingShown = 0;

  constructor(config: Config, keeper: Keeper, trust: Trust, changed: () => void) {
    this.#config = config;
    this.trust = trust;
    this.#keeper = keeper;
    this.#changed = changed;
    const [read, visitor] = (keeper.get('read') ?? '').split(' ');
    this.readSeq = Number(read);
    this.#visitor = visitor ?? null;
    this.#line = new Line(
      config.hub,
      () => this.#join(),
      () => {
        void this.#outgoing.send();
        if (this.#isBehind) {
          void this.#catchUp();
        }
      },
      (isLate) => this.#tell(isLate ? (this.trouble ?? 'offline') : null));
    this.#link = config.isSealed
      ? new SealedLink(this.#line.hub, config.connection, trust, () => this.#tampered())
      : new OpenLink(this.#line.hub, trust);
    this.#outgoing = new Outgoing(keeper, this.#line, this.#link, this.messages, {
      changed,
      took: (isTaken) => (!isTaken || this.trouble === 'notOpen') && this.#tell(isTaken ? null : 'notOpen'),
      late: () => void this.#catchUp(),
    });
    this.#listen();
  }

  get lastSeq(): number {
    return newest(this.messages);
  }

  /** What the person wrote and the server has not shown back. */
  get pending(): readonly Pending[] {
    return this.#outgoing.all;
  }

  get unread(): number {
    return [...this.messages.values()].filter((message) => message.author !== 'you' && !message.isDeleted && message.seq > this.readSeq).length;
  }

  async start(): Promise<void> {
    if (this.#config.isSealed && !(await canEncrypt())) {
      this.#tell('cannotEncrypt');
      return;
    }

    this.#line.start();
  }

  stop(): void {
    this.#line.stop();
  }

  send(text: string): void {
    this.wasForgotten = false;
    this.passRefused = false;
    this.#outgoing.add(text);
    this.writing.sent();
    this.#changed();
    void this.#outgoing.send();
  }

  press(message: Message, data: string): Promise<boolean> {
    const visitor = this.#visitor; // who comes back as somebody else did not press it
    return this.#outgoing.press(message.seq, data, () => visitor === this.#visitor);
  }

  markRead(): void {
    const seq = this.lastSeq;
    if (this.#moveRead(seq) && this.#line.isUp) {
      this.#link.send('Read', seq).catch(ignore);
    }
  }

  /** The person trusts the key that answered, or goes on without one. */
  async trustAnyway(): Promise<void> {
    await this.trust.accept();
    this.doubt = null;
    this.#changed();
    this.#line.start();
  }

  /** The person knows that something was changed on the way. */
  calm(): void {
    this.tamperedAt = null;
    this.#changed();
  }

  async showEarlier(): Promise<void> {
    const page = await this.#link.invoke<CaughtUp>('Earlier', this.from);
    this.#merge(page);
    this.#goBackFrom(page);
    this.#changed();
  }

  createPass(): Promise<string> {
    return this.#link.invoke<string>('CreatePass');
  }

  #listen(): void {
    const hub = this.#link;
    hub.on('Message', (message: Message) => this.#early ? this.#early.push(message) : this.#show(message));
    hub.on('Progress', (progress: Progress) => {
      if (progress.turnId !== this.#endedTurn) {
        this.progress = progress;
        this.typing = null;
        this.#changed();
      }
    });
    hub.on('ProgressGone', (turnId: string) => {
      this.#endTurn(turnId);
      this.#changed();
    });
    hub.on('Typing', (typing: Typing) => {
      clearTimeout(this.#typingShown);
      this.typing = typing.isTyping ? typing : null;
      if (typing.isTyping) {
        this.#typingShown = window.setTimeout(() => {
          this.typing = null;
          this.#changed();
        }, typingShownMs);
      }

      this.#changed();
    });
    hub.on('State', (state: State) => {
      this.state = state;
      this.#changed();
    });
    hub.on('Presence', (devices: number) => {
      this.devices = devices;
      this.#changed();
    });
    hub.on('Read', (seq: number) => {
      this.#moveRead(seq);
      this.#changed();
    });
    hub.on('Resync', () => void this.#catchUp());
    hub.on('Forgotten', () => void this.#beginAnew().then(() => this.#line.renew()));
  }

  /** The conversation is gone on the other side: nothing of it, nor who we were in it, stays here. */
  async #beginAnew(): Promise<void> {
    this.messages.clear();
    this.#outgoing.clear();
    this.progress = null;
    this.typing = null;
    this.#endedTurn = null;
    this.hasEarlier = false;
    this.readSeq = 0;
    this.#visitor = null;
    this.wasForgotten = true;
    const kept = ['theme', 'key'].map((name) => [name, this.#keeper.get(name)] as const);
    this.#keeper.forget();
    kept.forEach(([name, value]) => this.#keeper.set(name, value));
    this.#changed();
    await this.trust.forget();
  }

  async #join(): Promise<boolean> {
    // The link another device handed on, and the word this one comes in by: both are good until it has heard that it is in.
    const [pass, device] = this.#keeper.get('pass')?.split(' ') ?? [];
    this.#isBehind = false;
    const early: Message[] = this.#early = [];
    const result = await this.#link.join({
      connection: this.#config.connection,
      token: this.#keeper.get('token'),
      pass: pass ?? null,
      device: device ?? null,
      visitor: this.#visitor,
      lastSeq: this.lastSeq,
      readSeq: this.readSeq,
      language: document.documentElement.lang,
    });
    if ('kind' in result) {
      this.#line.stop(); // until the person has decided
      this.doubt = result;
      this.#changed();
      return false;
    }

    if (result.status !== 'ok') {
      this.#tell(troubleOf(result.status));
      return false;
    }

    this.#keeper.set('pass', null);
    this.passRefused ||= result.isPassRefused;
    if (result.isForgotten) {
      await this.#beginAnew();
      return false; // the next try comes as somebody new
    }

    if (result.token) {
      this.#keeper.set('token', result.token);
    }

    if (result.visitor !== this.#visitor) {
      // What the page knew is another visitor's. Who comes by a link does not say what somebody else left unsent here.
      this.messages.clear();
      this.readSeq = 0;
      this.#outgoing.retain(pass ? openedAt : '');
      this.#visitor = result.visitor;
    }

    this.state = result.state;
    this.devices = result.devices;
    // A reply that was being written is shown again by the next piece of it, or has come meanwhile.
    this.progress = null;
    this.typing = null;
    if (this.lastSeq === 0) {
      this.#goBackFrom(result.missed);
    }

    this.#early = null;
    this.#merge({ ...result.missed, messages: [...result.missed.messages, ...early] });
    this.#moveRead(result.readSeq);
    this.hasJoined = true;
    this.trouble = null;
    this.#changed();
    return true;
  }

  #tampered(): void {
    this.tamperedAt = new Date();
    this.#changed();
  }

  async #catchUp(): Promise<void> {
    this.#isBehind = true; // what is asked for while it is read, or before the line is up, is read after that
    if (this.#isCatchingUp || !this.#line.isUp) {
      return;
    }

    this.#isCatchingUp = true;
    try {
      while (this.#isBehind) {
        this.#isBehind = false;
        const missed = await this.#link.invoke<CaughtUp>('CatchUp', this.lastSeq);
        this.#merge(missed);
        this.#changed();
        if (missed.retryAfterMs) {
          this.#isBehind = true;
          await pause(missed.retryAfterMs);
        }
      }
    } catch {
      // The line fell, and joining again catches up; or the server had a fault, and is asked again in a while.
      this.#isBehind = true;
      window.setTimeout(() => this.#isBehind && void this.#catchUp(), faultMs);
    } finally {
      this.#isCatchingUp = false;
    }
  }

  #show(message: Message): void {
    this.#put(message);
    this.#outgoing.settle();
    this.#changed();
  }

  #merge(caughtUp: CaughtUp): void {
    if (caughtUp.replaces) {
      // What came while it was read is newer, and stays.
      [...this.messages.keys()].filter((seq) => seq < caughtUp.from).forEach((seq) => this.messages.delete(seq));
      this.#goBackFrom(caughtUp);
    }

    caughtUp.messages.forEach((message) => this.#put(message));
    this.#outgoing.settle();
  }

  #goBackFrom(page: CaughtUp): void {
    this.hasEarlier = page.hasEarlier;
    this.from = page.from;
  }

  #put(message: Message): void {
    const known = this.messages.get(message.seq);
    if (known && (known.isDeleted || (known.editedAt ?? '') > (message.editedAt ?? ''))) {
      return;
    }

    // What is told again as it was stays the same object: it is not drawn anew.
    if (JSON.stringify(known) !== JSON.stringify(message)) {
      this.messages.set(message.seq, message);
    }

    if (message.turnId) {
      this.#endTurn(message.turnId);
    }

    if (message.author !== 'you') {
      this.typing = null;
    }
  }

  #endTurn(turnId: string): void {
    this.#endedTurn = turnId;
    if (this.progress?.turnId === turnId) {
      this.progress = null;
    }
  }

  #moveRead(seq: number): boolean {
    if (seq <= this.readSeq) {
      return false;
    }

    this.readSeq = seq;
    this.#keeper.set('read', `${seq} ${this.#visitor}`);
    return true;
  }

  #tell(trouble: Trouble): void {
    if (this.trouble !== trouble) {
      this.trouble = trouble;
      this.#changed();
    }
  }
}

function troubleOf(status: JoinResult['status']): Trouble {
  switch (status) {
    case 'closed':
      return 'notOpen';
    case 'refused':
    case 'busy':
      return status;
    default:
      // The chat was switched to encryption while this page was open; a new page knows how.
      location.reload();
      return 'busy';
  }
}

function ignore(): void {
  // Best effort: what it says is said again by the next one.
}
