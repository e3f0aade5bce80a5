// What is not to be read as text by anybody: keys. IndexedDB keeps a key without ever showing its private half to a script.

const name = 'assistant-chat';
const table = 'keys';

/** Keeps values by name, across visits where the browser allows it, else as long as the page lives. */
export class Vault {
  readonly #page = new Map<string, unknown>();
  #opened: Promise<IDBDatabase | null> | null = null;

  async get<T>(key: string): Promise<T | null> {
    const kept = await this.#run<T>('readonly', (store) => store.get(key) as IDBRequest<T>);
    return kept ?? (this.#page.get(key) as T | undefined) ?? null;
  }

  async set(key: string, value: unknown): Promise<void> {
    this.#page.set(key, value);
    await this.#run('readwrite', (store) => store.put(value, key));
  }

  async remove(key: string): Promise<void> {
    this.#page.delete(key);
    await this.#run('readwrite', (store) => store.delete(key));
  }

  async #run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
    const db = await (this.#opened ??= open());
    try {
      return db && await result(act(db.transaction(table, mode).objectStore(table)));
    } catch {
      return null; // storage is blocked or full; the page still has it
    }
  }
}

function open(): Promise<IDBDatabase | null> {
  try {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(table);
    return result(request).catch(() => null);
  } catch {
    return Promise.resolve(null);
  }
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}
