// The browser's side of Noise_XX_25519_AESGCM_SHA256 (https://noiseprotocol.org/noise.html, revision 34) over Web Crypto. The server's
// side, with the idea and the known answers, is NoiseHandshake in Assistant.Domain; frames are described at its SecureLine.
import { Bytes, join, none, utf8 } from './bytes';

const protocol = 'Noise_XX_25519_AESGCM_SHA256';
const keyBytes = 32;
const tagBytes = 16;
const headBytes = 3;
const padding = 256;
const maxPiece = Math.floor((65_535 - tagBytes) / padding) * padding - headBytes;
const rekeyEvery = 1024;
const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;

/** Something on the way is not what the other side sent. */
export class LineBroken extends Error {}

export interface Identity {
  pair: CryptoKeyPair;
  publicKey: Bytes;
}

/** A key whose private half no script can read, this one included. */
export async function newIdentity(): Promise<Identity> {
  const pair = await subtle!.generateKey({ name: 'X25519' }, false, ['deriveBits']) as CryptoKeyPair;
  return { pair, publicKey: new Uint8Array(await subtle!.exportKey('raw', pair.publicKey)) };
}

/** Whether this browser can encrypt on this page: it gives the means to secure pages only, and old browsers lack the curve. */
export async function canEncrypt(): Promise<boolean> {
  return !!subtle && await newIdentity().then(() => true, () => false);
}

export async function sha256(...parts: Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await subtle!.digest('SHA-256', join(...parts)));
}

/** Six groups of five digits, as SafetyNumber in Assistant.Domain makes them. */
export async function safetyNumber(publicKey: Bytes): Promise<string> {
  const hash = await sha256(utf8('assistant-identity/1'), publicKey);
  return Array.from({ length: 6 }, (_, group) => {
    const value = hash.subarray(group * 5, group * 5 + 5).reduce((sum, byte) => sum * 256 + byte, 0);
    return String(value % 100_000).padStart(5, '0');
  }).join(' ');
}

/** This side's half of a handshake, which it begins. */
export class Handshake {
  readonly first: Bytes;
  readonly #identity: Identity;
  readonly #ephemeral: Identity;
  #hash: Bytes;
  #chain: Bytes;
  #cipher: Cipher | null = null;
  #theirEphemeral: CryptoKey | null = null;

  private constructor(identity: Identity, ephemeral: Identity, hash: Bytes, chain: Bytes) {
    this.#identity = identity;
    this.#ephemeral = ephemeral;
    this.#hash = hash;
    this.#chain = chain;
    this.first = ephemeral.publicKey;
  }

  static async begin(identity: Identity, prologue: Bytes): Promise<Handshake> {
    const name = join(utf8(protocol), new Uint8Array(keyBytes - protocol.length));
    const made = new Handshake(identity, await newIdentity(), await sha256(name, prologue), name);
    await made.#mixHash(made.first);
    await made.#mixHash(none); // the first message's empty payload
    return made;
  }

  /** Takes the answer; says who answered. Nothing of who we are has been said yet. */
  async read(second: Bytes): Promise<Bytes> {
    if (second.length !== keyBytes + keyBytes + tagBytes + tagBytes) {
      throw new LineBroken();
    }

    const theirEphemeral = second.slice(0, keyBytes);
    await this.#mixHash(theirEphemeral);
    this.#theirEphemeral = await importKey(theirEphemeral);
    await this.#mixKey(this.#ephemeral, this.#theirEphemeral); // ee
    const theirIdentity = await this.#decrypt(second.slice(keyBytes, -tagBytes)); // s
    await this.#mixKey(this.#ephemeral, await importKey(theirIdentity)); // es
    await this.#decrypt(second.slice(-tagBytes));
    return theirIdentity;
  }

  /** The last message, with a payload, and the line that follows it. */
  async finish(payload: Bytes): Promise<{ third: Bytes; line: SecureLine }> {
    const identity = await this.#encrypt(this.#identity.publicKey); // s
    await this.#mixKey(this.#identity, this.#theirEphemeral!); // se
    const third = join(identity, await this.#encrypt(payload));
    const [ours, theirs] = await hkdf(this.#chain, none);
    return { third, line: new SecureLine(await Cipher.of(ours), await Cipher.of(theirs)) };
  }

  async #mixHash(said: Uint8Array): Promise<void> {
    this.#hash = await sha256(this.#hash, said);
  }

  async #mixKey(own: Identity, theirs: CryptoKey): Promise<void> {
    const secret = await subtle!.deriveBits({ name: 'X25519', public: theirs }, own.pair.privateKey, 8 * keyBytes)
      .catch(() => { throw new LineBroken(); });
    const [chain, key] = await hkdf(this.#chain, new Uint8Array(secret));
    this.#chain = chain;
    this.#cipher = await Cipher.of(key);
  }

  async #encrypt(plain: Bytes): Promise<Bytes> {
    const said = await this.#cipher!.encrypt(this.#hash, plain);
    await this.#mixHash(said);
    return said;
  }

  async #decrypt(said: Bytes): Promise<Bytes> {
    const plain = await this.#cipher!.decrypt(this.#hash, said);
    await this.#mixHash(said);
    return plain;
  }
}

/** An encrypted line: messages in, frames out, and back. Call it in order, one call per direction at a time. */
export class SecureLine {
  readonly #out: Cipher;
  readonly #in: Cipher;
  #pieces: Bytes[] = [];

  constructor(ours: Cipher, theirs: Cipher) {
    this.#out = ours;
    this.#in = theirs;
  }

  async seal(message: Bytes): Promise<Bytes[]> {
    const frames: Bytes[] = [];
    for (let at = 0; at === 0 || at < message.length; at += maxPiece) {
      const piece = message.subarray(at, at + maxPiece);
      const body = new Uint8Array(Math.ceil((headBytes + piece.length) / padding) * padding);
      body[0] = at + maxPiece < message.length ? 1 : 0;
      new DataView(body.buffer).setUint16(1, piece.length);
      body.set(piece, headBytes);
      frames.push(await this.#out.encrypt(none, body));
      await this.#out.rekeyWhenDue();
    }

    return frames;
  }

  /** The message a frame completes, or null while more of it is to come. */
  async open(frame: Bytes): Promise<Bytes | null> {
    const body = await this.#in.decrypt(none, frame);
    await this.#in.rekeyWhenDue();
    const end = headBytes + new DataView(body.buffer).getUint16(1);
    if (end > body.length) {
      throw new LineBroken();
    }

    this.#pieces.push(body.slice(headBytes, end));
    if (body[0] === 1) {
      return null;
    }

    const message = join(...this.#pieces);
    this.#pieces = [];
    return message;
  }
}

/** AES-256-GCM with a counter that is never used twice. */
class Cipher {
  #key: CryptoKey;
  #next = 0;

  private constructor(key: CryptoKey) {
    this.#key = key;
  }

  static async of(key: Bytes): Promise<Cipher> {
    return new Cipher(await importAes(key));
  }

  encrypt(associated: Bytes, plain: Bytes): Promise<Bytes> {
    return this.#run('encrypt', associated, plain);
  }

  decrypt(associated: Bytes, sealed: Bytes): Promise<Bytes> {
    return this.#run('decrypt', associated, sealed).catch(() => { throw new LineBroken(); });
  }

  async rekeyWhenDue(): Promise<void> {
    if (this.#next % rekeyEvery === 0) {
      const last = { name: 'AES-GCM', iv: nonce(0xffffffff, 0xffffffff) };
      const made = await subtle!.encrypt(last, this.#key, new Uint8Array(keyBytes));
      this.#key = await importAes(new Uint8Array(made.slice(0, keyBytes)));
    }
  }

  async #run(way: 'encrypt' | 'decrypt', associated: Bytes, bytes: Bytes): Promise<Bytes> {
    if (this.#next >= Number.MAX_SAFE_INTEGER) {
      throw new LineBroken();
    }

    const iv = nonce(Math.floor(this.#next / 2 ** 32), this.#next % 2 ** 32);
    const result = await subtle![way]({ name: 'AES-GCM', iv, additionalData: associated }, this.#key, bytes);
    this.#next++;
    return new Uint8Array(result);
  }
}

/** Four zero bytes and the counter, big endian. */
function nonce(high: number, low: number): Bytes {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, high);
  view.setUint32(8, low);
  return bytes;
}

const importKey = (raw: Bytes): Promise<CryptoKey> => subtle!.importKey('raw', raw, { name: 'X25519' }, true, []);

const importAes = (raw: Bytes): Promise<CryptoKey> => subtle!.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);

async function hmac(key: Bytes, bytes: Bytes): Promise<Bytes> {
  const imported = await subtle!.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await subtle!.sign('HMAC', imported, bytes));
}

async function hkdf(chain: Bytes, secret: Bytes): Promise<[Bytes, Bytes]> {
  const extracted = await hmac(chain, secret);
  const first = await hmac(extracted, new Uint8Array([1]));
  return [first, await hmac(extracted, join(first, new Uint8Array([2])))];
}
