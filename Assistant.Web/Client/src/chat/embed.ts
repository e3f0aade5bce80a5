// The page's side of being embedded. Messages go to the one site the server has checked, and are taken from that site's window only.

const kinds = { ready: 'assistant-chat:ready', unread: 'assistant-chat:unread', close: 'assistant-chat:close', shown: 'assistant-chat:shown' };

export class Embed {
  readonly #parent: string | null;
  #isShown: boolean;

  constructor(parent: string | null, shownChanged: () => void) {
    this.#parent = window.parent === window ? null : parent;
    this.#isShown = this.#parent === null;
    if (this.#parent === null) {
      return;
    }

    window.addEventListener('message', ({ origin, source, data }) => {
      if (origin === this.#parent && source === window.parent && data?.type === kinds.shown && typeof data.visible === 'boolean') {
        this.#isShown = data.visible;
        shownChanged();
      }
    });
    this.#post({ type: kinds.ready });
  }

  get isEmbedded(): boolean {
    return this.#parent !== null;
  }

  /** Whether the person can see the page. */
  get isShown(): boolean {
    return this.#isShown && document.visibilityState === 'visible';
  }

  tellUnread(count: number): void {
    this.#post({ type: kinds.unread, count });
  }

  close(): void {
    this.#isShown = false; // at once: what comes in before the site has hidden the page is not read
    this.#post({ type: kinds.close });
  }

  #post(message: object): void {
    if (this.#parent !== null) {
      window.parent.postMessage(message, this.#parent);
    }
  }
}
