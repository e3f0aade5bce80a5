const local = orNone(() => localStorage);
const session = orNone(() => sessionStorage);

/**
 * What this browser keeps of a chat. By default only as long as the tab lives; on the person's wish across visits. A browser that
 * allows neither gets a memory as long as the page.
 */
export class Keeper {
  readonly #prefix: string;
  readonly #page = new Map<string, string>();
  /** The person answered whether to remember, and that cannot be kept. */
  #wasAsked = false;

  constructor(connection: string) {
    this.#prefix = `assistant-chat/${connection}/`;
  }

  /** A tab that is somebody of its own stays so, though another of this browser asked to be remembered. */
  get remembers(): boolean {
    return read(local, this.#prefix + 'remember') === 'yes' && read(session, this.#prefix + 'token') === null;
  }

  /** Whether another tab's conversation is remembered, which this one may not take the place of. */
  get remembersOther(): boolean {
    return !this.remembers && read(local, this.#prefix + 'token') !== null;
  }

  set remembers(value: boolean) {
    if (value && (this.remembersOther || !this.#decide(value))) {
      return; // nothing outlives the tab here, or another's does, whatever the person wants: what it has stays where it is
    }

    const [from, to] = value ? [session, local] : [local, session];
    for (const key of keysOf(from, this.#prefix).filter((key) => !/\/(draft|pass|remember)$/.test(key))) {
      write(to, key, read(from, key));
      write(from, key, null);
    }

    this.#decide(value);
  }

  /** Whether the person has said yes or no to being remembered: known across visits where it can be kept, else as long as the page lives. */
  get hasDecided(): boolean {
    return this.#wasAsked || read(local, this.#prefix + 'remember') !== null;
  }

  get(name: string): string | null {
    return this.#page.get(name) ?? read(this.#store(name), this.#prefix + name);
  }

  set(name: string, value: string | null): void {
    if (write(this.#store(name), this.#prefix + name, value) || value === null) {
      this.#page.delete(name);
    } else {
      this.#page.set(name, value);
    }
  }

  forget(): void {
    this.#page.clear();
    this.#wasAsked = false;
    for (const store of [local, session]) {
      keysOf(store, this.#prefix).forEach((key) => write(store, key, null));
    }
  }

  #decide(value: boolean): boolean {
    const isKept = write(local, this.#prefix + 'remember', value ? 'yes' : 'no');
    this.#wasAsked = !isKept;
    return isKept;
  }

  /** What is being written in one tab, and the link that one came by, is no other's. */
  #store(name: string): Storage | null {
    return this.remembers && name !== 'draft' && name !== 'pass' ? local : session;
  }
}

// Reading the property itself throws where storage is blocked.
function orNone(find: () => Storage): Storage | null {
  try {
    return find();
  } catch {
    return null;
  }
}

function keysOf(store: Storage | null, prefix: string): string[] {
  return store ? Object.keys(store).filter((key) => key.startsWith(prefix)) : [];
}

function read(store: Storage | null, key: string): string | null {
  try {
    return store?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

function write(store: Storage | null, key: string, value: string | null): boolean {
  try {
    if (value === null) {
      store?.removeItem(key);
    } else {
      store?.setItem(key, value);
    }

    return store !== null;
  } catch {
    return false;
  }
}
