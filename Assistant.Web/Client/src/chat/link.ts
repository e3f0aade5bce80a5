import { HubConnection } from '@microsoft/signalr';
import { Bytes, fromBase64, toBase64, utf8 } from './bytes';
import { Handshake, LineBroken, SecureLine } from './noise';
import { Doubt, Trust } from './trust';
import { JoinRequest, JoinResult } from './types';

const silentForMs = 20_000;
const pingEveryMs = 15_000;

/** How the conversation talks to the server: in the open, or encrypted between the two. */
export interface Link {
  on(name: string, told: (value: never) => void): void;
  invoke<T>(name: string, ...args: unknown[]): Promise<T>;
  send(name: string, ...args: unknown[]): Promise<void>;
  join(request: JoinRequest): Promise<JoinResult | Doubt>;
}

/** In the open, for a chat whose owner switched encryption off. */
export class OpenLink implements Link {
  readonly #hub: HubConnection;
  readonly #trust: Trust;
  #isAccepted = false;

  constructor(hub: HubConnection, trust: Trust) {
    this.#hub = hub;
    this.#trust = trust;
  }

  on(name: string, told: (value: never) => void): void {
    this.#hub.on(name, told);
  }

  invoke<T>(name: string, ...args: unknown[]): Promise<T> {
    return this.#hub.invoke<T>(name, ...args);
  }

  send(name: string, ...args: unknown[]): Promise<void> {
    return this.#hub.send(name, ...args);
  }

  async join(request: JoinRequest): Promise<JoinResult | Doubt> {
    const doubt = this.#isAccepted ? null : await this.#trust.checkOpen();
    this.#isAccepted = !doubt;
    return doubt ?? await this.#hub.invoke<JoinResult>('Join', request);
  }
}

interface Greeting {
  status: 'ok' | 'closed' | 'bad' | 'busy';
  second: string;
}

interface Said {
  event?: string;
  args?: unknown[];
  id?: number;
  result?: unknown;
  failed?: boolean;
}

interface Call {
  done: (value: never) => void;
  failed: (reason: Error) => void;
  timer: number;
}

/**
 * Encrypted between this page and the assistant. What comes is opened in the order it came in, what goes is sealed in the order it
 * was said; a frame that does not open means that somebody changed, repeated, moved or withheld one, and the line is given up.
 * A call now and then makes a missing frame show even when nobody says anything. A slow line takes its time: an answer is waited for as
 * long as frames come, each in its place.
 */
export class SealedLink implements Link {
  readonly #hub: HubConnection;
  readonly #connection: string;
  readonly #trust: Trust;
  readonly #alarm: () => void;
  readonly #told = new Map<string, (value: never) => void>();
  readonly #calls = new Map<number, Call>();
  #line: SecureLine | null = null;
  #next = 1;
  #in: Promise<unknown> = Promise.resolve();
  #out: Promise<unknown> = Promise.resolve();
  #ping = 0;

  /** @param alarm Told when something on the way was changed. */
  constructor(hub: HubConnection, connection: string, trust: Trust, alarm: () => void) {
    this.#hub = hub;
    this.#connection = connection;
    this.#trust = trust;
    this.#alarm = alarm;
    hub.on('Frame', (frame: string) => this.#receive(frame));
    hub.on('Broken', () => this.#break());
    hub.onclose(() => this.#drop());
  }

  on(name: string, told: (value: never) => void): void {
    this.#told.set(name, told);
  }

  invoke<T>(name: string, ...args: unknown[]): Promise<T> {
    const id = this.#next++;
    const answer = this.#answer<T>(id);
    this.#seal({ id, name, args }).catch(() => this.#fail(id));
    return answer;
  }

  send(name: string, ...args: unknown[]): Promise<void> {
    return this.#seal({ id: 0, name, args });
  }

  async join(request: JoinRequest): Promise<JoinResult | Doubt> {
    this.#drop();
    const handshake = await Handshake.begin(await this.#trust.identity(), utf8(`assistant-chat/1/${this.#connection}`));
    const greeting = await this.#hub.invoke<Greeting>('Greet', this.#connection, toBase64(handshake.first));
    if (greeting.status !== 'ok') {
      return refused(greeting.status);
    }

    const doubt = await this.#trust.check(await this.#read(handshake, greeting.second));
    if (doubt) {
      return doubt;
    }

    const { third, line } = await handshake.finish(utf8(JSON.stringify(request)));
    this.#line = line;
    this.#ping = window.setInterval(() => void this.invoke('Ping').catch(() => undefined), pingEveryMs);
    // The answer comes as an event: it is the first thing said on the line.
    const joined = this.#answer<JoinResult>(0);
    await this.#hub.send('Enter', toBase64(third));
    return joined;
  }

  async #read(handshake: Handshake, second: string): Promise<Bytes> {
    try {
      return await handshake.read(fromBase64(second));
    } catch (error) {
      this.#break();
      throw error;
    }
  }

  #answer<T>(id: number): Promise<T> {
    return new Promise<T>((done, failed) => this.#calls.set(id, { done, failed, timer: this.#expect(id) }));
  }

  #expect(id: number): number {
    // No answer and nothing else: the line is of no use, whoever is to blame.
    return setTimeout(() => {
      this.#fail(id);
      void this.#hub.stop();
    }, silentForMs);
  }

  #expectLonger(): void {
    this.#calls.forEach((call, id) => {
      clearTimeout(call.timer);
      call.timer = this.#expect(id);
    });
  }

  #take(id: number): Call | undefined {
    const call = this.#calls.get(id);
    clearTimeout(call?.timer);
    this.#calls.delete(id);
    return call;
  }

  #fail(id: number): void {
    this.#take(id)?.failed(new Error('No answer.'));
  }

  #seal(call: { id: number; name: string; args: unknown[] }): Promise<void> {
    const line = this.#line;
    const work = this.#out.then(async () => {
      for (const frame of (await line?.seal(utf8(JSON.stringify(call)))) ?? []) {
        // Sealing takes its time, and a frame of one line breaks the next.
        if (line === this.#line) {
          await this.#hub.send('Frame', toBase64(frame));
        }
      }

      if (!line || line !== this.#line) {
        throw new Error('The line fell.');
      }
    });
    this.#out = work.catch(() => undefined);
    return work;
  }

  #receive(frame: string): void {
    const line = this.#line;
    this.#in = this.#in.then(async () => {
      if (!line || line !== this.#line) {
        return;
      }

      try {
        const message = await line.open(fromBase64(frame));
        this.#expectLonger();
        if (message) {
          this.#tell(JSON.parse(new TextDecoder().decode(message)) as Said);
        }
      } catch (error) {
        if (error instanceof LineBroken || error instanceof DOMException) {
          this.#break();
        } else {
          throw error;
        }
      }
    }).catch(() => undefined);
  }

  #tell({ event, args, id, result, failed }: Said): void {
    if (event === undefined) {
      const call = this.#take(id!);
      if (failed) {
        call?.failed(new Error('Not now.'));
      } else {
        call?.done(result as never);
      }
    } else if (event === 'Joined') {
      this.#take(0)?.done(args![0] as never);
    } else {
      this.#told.get(event)?.(args![0] as never);
    }
  }

  #break(): void {
    this.#drop();
    this.#alarm();
    void this.#hub.stop();
  }

  #drop(): void {
    this.#line = null;
    clearInterval(this.#ping);
    [...this.#calls.keys()].forEach((id) => this.#fail(id));
  }
}

/** Nobody looks at the rest of what was refused. */
function refused(status: 'closed' | 'bad' | 'busy'): JoinResult {
  return { status: status === 'closed' ? 'closed' : 'busy' } as JoinResult;
}
