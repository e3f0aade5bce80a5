import { Keeper } from './keeper';
import { Line } from './line';
import { Link, OpenLink, SealedLink } from './link';
import { canEncrypt } from './noise';
import { Doubt, Trust } from './trust';
import { CaughtUp, Config, JoinResult, Message, Pending, Progress, SendResult, State, Typing } from './types';

const showBackMs = 3000;
const typingEveryMs = 2500;
const typingEndsMs = 4000;
const typingShownMs = 6000;
const busyMs = 5000;
const faultMs = 2000;
const openedAt = new Date().toISOString();

/** What may stand in the way, to be told to the person. */
export type Trouble = 'offline' | 'notOpen' | 'refused' | 'busy' | 'cannotEncrypt' | null;

/**
 * The conversation as this device knows it. Messages are merged by sequence number, so it does not matter how often or in which
 * order they come. What the person wrote is kept until the server has answered, and sent again under the same id.
 */
export class Conversation {
  readonly messages = new Map<number, Message>();
  pending: Pending[];
  progress: Progress | null = null;
  typing: Typing | null = null;
  state: State = { answeredBy: 'assistant', name: '', isWaiting: false, isClosed: false };
  devices = 1;
  readSeq: number;
  hasEarlier = false;
  trouble: Trouble = null;
  hasJoined = false;
  /** Nothing is said until the person has decided about it. */
  doubt: Doubt | null = null;
  /** When somebody on the way last changed, repeated or withheld something; null when nobody did, or the person knows. */
  tamperedAt: Date | null = null;
  /** It was forgotten while this page was open; until the person writes, they are told. */
  wasForgotten = false;
  readonly trust: Trust;

  readonly #config: Config;
  readonly #keeper: Keeper;
  readonly #line: Line;
  readonly #link: Link;
  readonly #changed: () => void;
  #pass: string | null;
  /** Whom all of this belongs to; null when the page does not know yet. */
  #visitor: string | null;
  /** Where what was read of the conversation begins; there may be nothing to see there. */
  #from = 0;
  #isSending = false;
  #isCatchingUp = false;
  #isBehind = false;
  #endedTurn: string | null = null;
  #typingSentAt = 0;
  #typingTimer = 0;
  #typingShown = 0;

  constructor(config: Config, keeper: Keeper, trust: Trust, pass: string | null, changed: () => void) {
    this.#config = config;
    this.trust = trust;
    this.#keeper = keeper;
    this.#pass = pass;
    this.#changed = changed;
    this.pending = JSON.parse(keeper.get('pending') ?? '[]') as Pending[];
    const [read, visitor] = (keeper.get('read') ?? '').split(' ');
    this.readSeq = Number(read);
    this.#visitor = visitor ?? null;
    this.#line = new Line(
      config.hub,
      () => this.#join(),
      () => {
        void this.#sendAll();
        if (this.#isBehind) {
          void this.#catchUp();
        }
      },
      (isLate) => this.#tell(isLate ? (this.trouble ?? 'offline') : null));
    this.#link = config.isSealed
      ? new SealedLink(this.#line.hub, config.connection, trust, () => this.#tampered())
      : new OpenLink(this.#line.hub, trust);
    this.#listen();
  }

  get lastSeq(): number {
    return Math.max(0, ...this.messages.keys());
  }

  get unread(): number {
    return [...this.messages.values()].filter((message) => message.author !== 'you' && !message.isDeleted && message.seq > this.readSeq).length;
  }

  start(): void {
    void this.#start();
  }

  stop(): void {
    this.#line.stop();
  }

  send(text: string): void {
    this.wasForgotten = false;
    // Half a character (a text cut off in the middle of one) is no text for the server: it is shown as what it is, unreadable.
    this.pending.push({ id: newId(), text: text.replace(/\p{Cs}/gu, '\ufffd'), at: new Date().toISOString(), state: 'waiting' });
    this.#keepPending();
    this.#typingSentAt = 0;
    clearTimeout(this.#typingTimer);
    this.#changed();
    void this.#sendAll();
  }

  async press(message: Message, data: string): Promise<boolean> {
    const id = newId();
    for (let tries = 0; tries < 3; tries++) {
      try {
        const result = await this.#link.invoke<SendResult>('Press', id, message.seq, data);
        if (result.status !== 'slow') {
          return result.status === 'stored';
        }

        await pause(result.retryAfterMs);
      } catch {
        await pause(1000);
      }
    }

    return false;
  }

  writing(): void {
    const now = Date.now();
    clearTimeout(this.#typingTimer);
    this.#typingTimer = window.setTimeout(() => this.#sendTyping(false), typingEndsMs);
    if (now - this.#typingSentAt > typingEveryMs) {
      this.#typingSentAt = now;
      this.#sendTyping(true);
    }
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
    this.#line.resume();
  }

  /** The person knows that something was changed on the way. */
  calm(): void {
    this.tamperedAt = null;
    this.#changed();
  }

  async showEarlier(): Promise<void> {
    const page = await this.#link.invoke<CaughtUp>('Earlier', this.#from);
    this.#merge(page);
    this.#goBackFrom(page);
    this.#changed();
  }

  createPass(): Promise<string> {
    return this.#link.invoke<string>('CreatePass');
  }

  async #start(): Promise<void> {
    if (this.#config.isSealed && !(await canEncrypt())) {
      this.#tell('cannotEncrypt');
      return;
    }

    this.#line.start();
  }

  #listen(): void {
    const hub = this.#link;
    hub.on('Message', (message: Message) => this.#show(message));
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
    this.pending = [];
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
    const pass = this.#pass;
    this.#isBehind = false;
    const result = await this.#link.join({
      connection: this.#config.connection,
      token: this.#keeper.get('token'),
      pass,
      visitor: this.#visitor,
      lastSeq: this.lastSeq,
      readSeq: this.readSeq,
      language: document.documentElement.lang,
    });
    if ('kind' in result) {
      this.#line.pause();
      this.doubt = result;
      this.#changed();
      return false;
    }

    if (result.status !== 'ok') {
      this.#tell(troubleOf(result.status));
      return false;
    }

    this.#pass = null;
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
      this.pending = this.pending.filter((one) => one.state === 'waiting' && !(pass && one.at < openedAt));
      this.#keepPending();
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

    this.#merge(result.missed);
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

  /** One after the other: the order the person wrote in is the order they are stored in. */
  async #sendAll(): Promise<void> {
    if (this.#isSending) {
      return;
    }

    this.#isSending = true;
    try {
      for (let next = this.#next(); next && this.#line.isUp; next = this.#next()) {
        const after = this.lastSeq;
        const result = await this.#link.invoke<SendResult>('Send', next.id, next.text);
        switch (result.status) {
          case 'stored':
            next.state = 'stored';
            next.after = after;
            this.#settle();
            window.setTimeout(() => this.pending.some((one) => one === next) && void this.#catchUp(), showBackMs);
            if (this.trouble === 'notOpen') {
              this.#tell(null);
            }

            break;
          case 'slow':
            await pause(result.retryAfterMs);
            break;
          case 'closed':
            this.#tell('notOpen');
            await pause(busyMs);
            break;
          default:
            next.state = 'failed';
            next.isLong = result.status === 'long';
        }

        this.#keepPending();
        this.#changed();
      }
    } catch {
      // The line fell, and the next one comes back here; or the server had a fault, and is asked again in a while.
      window.setTimeout(() => void this.#sendAll(), faultMs);
    } finally {
      this.#isSending = false;
    }
  }

  #next(): Pending | undefined {
    return this.pending.find((one) => one.state === 'waiting');
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
    this.#settle();
    this.#changed();
  }

  #merge(caughtUp: CaughtUp): void {
    if (caughtUp.replaces) {
      this.messages.clear();
      this.#goBackFrom(caughtUp);
    }

    caughtUp.messages.forEach((message) => this.#put(message));
    this.#settle();
  }

  #goBackFrom(page: CaughtUp): void {
    this.hasEarlier = page.hasEarlier;
    this.#from = page.from;
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

  /** Takes away what the server has shown back. */
  #settle(): void {
    if (this.pending.length === 0) {
      return;
    }

    const shown = new Set([...this.messages.values()].map((message) => message.clientId));
    this.pending = this.pending.filter((one) => !shown.has(one.id.replaceAll('-', '')));
    this.#keepPending();
  }

  #keepPending(): void {
    const unsent = this.pending.filter((one) => one.state === 'waiting');
    this.#keeper.set('pending', unsent.length ? JSON.stringify(unsent) : null);
  }

  #moveRead(seq: number): boolean {
    if (seq <= this.readSeq) {
      return false;
    }

    this.readSeq = seq;
    this.#keeper.set('read', `${seq} ${this.#visitor}`);
    return true;
  }

  #sendTyping(isTyping: boolean): void {
    if (this.#line.isUp) {
      this.#link.send('Typing', isTyping).catch(ignore);
    }
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

// crypto.randomUUID exists on secure pages only; a chat on a local network may not be one.
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

function ignore(): void {
  // Best effort: what it says is said again by the next one.
}
