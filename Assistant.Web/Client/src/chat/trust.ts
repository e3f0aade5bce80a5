import { Bytes, toBase64Url } from './bytes';
import { Keeper } from './keeper';
import { Identity, newIdentity, safetyNumber } from './noise';
import { Vault } from './vault';

/** Why nothing is said: the chat's key is not the one it had here, not the one we were told to expect, or there is none any more. */
export interface Doubt {
  kind: 'changed' | 'unexpected' | 'dropped';
  /** Of the key that answered; empty when none did. */
  number: string;
}

interface Pin {
  key: string;
  number: string;
}

/**
 * Whether the one who answers is who we think. The first key that answers is kept; another one later is refused until the person
 * says otherwise. A key that was handed to us (a link, a scanned code, the embedding page) has to be the one, without exception.
 */
export class Trust {
  readonly #vault = new Vault();
  readonly #keeper: Keeper;
  readonly #connection: string;
  #expected: string | null;
  #identity: Identity | null = null;
  #answered: Pin | null = null;

  /** @param handed The key this page was given, or null: then the one before it counts, until the person wants to be forgotten. */
  constructor(connection: string, keeper: Keeper, handed: string | null) {
    this.#connection = connection;
    this.#keeper = keeper;
    if (handed) {
      keeper.set('key', handed);
    }

    this.#expected = keeper.get('key');
  }

  /** The chat's key and its safety number, once it answered and was trusted. */
  pin: Pin | null = null;

  /** Whether somebody handed us the key: then it is no longer only the first that answered. */
  get wasHanded(): boolean {
    return this.#expected !== null && this.pin?.key === this.#expected;
  }

  /** This device's key. It is kept only where the person wants to be remembered: else it could tell their visits apart. */
  async identity(): Promise<Identity> {
    const place = `device/${this.#connection}`;
    const kept = this.#keeper.remembers ? await this.#vault.get<Identity>(place) : null;
    this.#identity = kept ?? this.#identity ?? await newIdentity();
    if (this.#keeper.remembers && !kept) {
      await this.#vault.set(place, this.#identity);
    }

    return this.#identity;
  }

  /** Whether the key that answered may be talked to; a reason when not. */
  async check(answered: Bytes): Promise<Doubt | null> {
    const found = { key: toBase64Url(answered), number: await safetyNumber(answered) };
    this.#answered = found;
    if (this.#expected !== null && found.key !== this.#expected) {
      return { kind: 'unexpected', number: found.number };
    }

    const known = await this.#vault.get<Pin>(this.#place);
    if (known && known.key !== found.key && this.#expected === null) {
      return { kind: 'changed', number: found.number };
    }

    await this.accept();
    return null;
  }

  /** For a chat that does not encrypt: a doubt when it used to, or was to. */
  async checkOpen(): Promise<Doubt | null> {
    return this.#expected !== null || await this.#vault.get<Pin>(this.#place) ? { kind: 'dropped', number: '' } : null;
  }

  /** The person has looked and goes on: with the key that answered, or without one. */
  async accept(): Promise<void> {
    this.pin = this.#answered;
    if (this.#answered) {
      await this.#vault.set(this.#place, this.#answered);
    } else {
      this.#expected = null;
      this.#keeper.set('key', null);
      await this.#vault.remove(this.#place);
    }
  }

  /** Forgets this device's key. Whom we talked to is not about the person, and stays. */
  async forget(): Promise<void> {
    this.#identity = null;
    await this.#vault.remove(`device/${this.#connection}`);
  }

  get #place(): string {
    return `pin/${this.#connection}`;
  }
}
