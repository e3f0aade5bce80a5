import { type HttpTransportType, HubConnection, HubConnectionBuilder, HubConnectionState, LogLevel } from '@microsoft/signalr';

const delays = [0, 300, 1000, 2000, 4000];
const longestDelay = 8000;
const silenceMs = 5000;
const opensWithinMs = 20_000;
// WebSockets (1) and long polling (4). Not server-sent events: a proxy that waits for the end of an answer before it passes it on would never
// let such a line open.
const transport = 5 as HttpTransportType;

/** A line to the hub that heals itself for as long as the page lives. Trouble is mentioned only when it lasts. */
export class Line {
  readonly hub: HubConnection;
  readonly #join: () => Promise<boolean>;
  readonly #up: () => void;
  readonly #late: (isLate: boolean) => void;
  #isUp = false;
  #isStopped = false;
  #tries = 0;
  #timer = 0;
  #silence = 0;

  /**
   * @param join Called on every new line; resolves to false when it should be tried again later.
   * @param up Called when a line can be used.
   * @param late Told when the line has been down for five seconds, and when it is up again.
   */
  constructor(url: string, join: () => Promise<boolean>, up: () => void, late: (isLate: boolean) => void) {
    this.#join = join;
    this.#up = up;
    this.#late = late;
    this.hub = new HubConnectionBuilder().withUrl(url, { withCredentials: false, transport }).configureLogging(LogLevel.None).build();
    this.hub.onclose(() => this.#fell());
    window.addEventListener('online', () => this.hurry());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.hurry());
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Opens it, for the first time or after {@link stop}. */
  start(): void {
    this.#isStopped = false;
    this.#tries = 0;
    this.#fell();
  }

  /** Lets it fall and opens none before {@link start}. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#timer = this.#silence = 0;
    void this.hub.stop();
  }

  /** Lets this line fall and makes another. */
  renew(): void {
    void this.hub.stop();
  }

  /** Tries at once when a try is only waiting for its time. */
  hurry(): void {
    if (this.#timer) {
      this.#tries = 0;
      clearTimeout(this.#timer);
      void this.#connect();
    }
  }

  #fell(): void {
    this.#isUp = false;
    if (this.#isStopped) {
      return;
    }

    this.#silence ||= setTimeout(() => this.#late(true), silenceMs);
    const delay = (delays[this.#tries++] ?? longestDelay) * (0.7 + Math.random() * 0.6);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), delay);
  }

  async #connect(): Promise<void> {
    this.#timer = 0;
    try {
      if (this.hub.state === HubConnectionState.Disconnected) {
        const patience = setTimeout(() => this.renew(), opensWithinMs);
        await this.hub.start().finally(() => clearTimeout(patience));
      }

      if (!(await this.#join())) {
        this.#fell();
        return;
      }

      if (this.#isStopped) {
        return;
      }

      this.#isUp = true;
      this.#tries = 0;
      clearTimeout(this.#silence);
      this.#silence = 0;
      this.#late(false);
      this.#up();
    } catch {
      // Closing the line brings us back here through onclose; a line that never opened does not close.
      if (this.hub.state === HubConnectionState.Disconnected) {
        this.#fell();
      } else {
        void this.hub.stop();
      }
    }
  }
}
