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

  get remembers(): boolean {
    return read(localStorageOrNone(), this.#prefix + 'remember') === 'yes';
  }

  set remembers(value: boolean) {
    if (value && !this.#decide(value)) {
      return; // nothing outlives the tab here, whatever the person wants: what it has stays where it is
    }

    const [from, to] = value ? [sessionStorageOrNone(), localStorageOrNone()] : [localStorageOrNone(), sessionStorageOrNone()];
    for (const key of keysOf(from, this.#prefix)) {
      const kept = read(from, key);
      if (kept !== null && !key.endsWith('/remember')) {
        write(to, key, kept);
      }

      write(from, key, null);
    }

    this.#decide(value);
  }

  /** Whether the person has said yes or no to being remembered: known across visits where it can be kept, else as long as the page lives. */
  get hasDecided(): boolean {
    return this.#wasAsked || read(localStorageOrNone(), this.#prefix + 'remember') !== null;
  }

  get(name: string): string | null {
    return this.#page.get(name) ?? read(this.#store(), this.#prefix + name);
  }

  set(name: string, value: string | null): void {
    if (write(this.#store(), this.#prefix + name, value)) {
      this.#page.delete(name);
    } else if (value === null) {
      this.#page.delete(name);
    } else {
      this.#page.set(name, value);
    }
  }

  forget(): void {
    this.#page.clear();
    this.#wasAsked = false;
    for (const store of [localStorageOrNone(), sessionStorageOrNone()]) {
      keysOf(store, this.#prefix).forEach((key) => write(store, key, null));
    }
  }

  #decide(value: boolean): boolean {
    const isKept = write(localStorageOrNone(), this.#prefix + 'remember', value ? 'yes' : 'no');
    this.#wasAsked = !isKept;
    return isKept;
  }

  #store(): Storage | null {
    return this.remembers ? localStorageOrNone() : sessionStorageOrNone();
  }
}

// Reading the property itself throws where storage is blocked.
function localStorageOrNone(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function sessionStorageOrNone(): Storage | null {
  try {
    return window.sessionStorage;
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
