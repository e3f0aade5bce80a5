// One messenger as the program under test sees it: a server that many accounts share, as bots share the host of a real one, and the callbacks it makes.
// Each account can be healthy, hang (its calls are taken and not answered) or refuse sends with a pause; the other accounts notice nothing of it.
// What a messenger file says of itself: `type`, `settings`, `chatOf`, `answer`, and `say`: a callback, or nothing where the program fetches what is said.
import { EventEmitter } from 'node:events';
import { Agent, createServer, request as call } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const again = 200;

export class Account {
  mode = 'healthy';
  isKnown = false;
  #held = [];
  #said = new Map();
  #ids = 0;

  constructor(messenger, number, seed) {
    Object.assign(this, { messenger, number, name: `${messenger.type}-${number}`, token: messenger.tokenOf?.(seed) ?? `${messenger.type}-token-${String(seed).padStart(3, '0')}` });
  }

  nextId() { return ++this.#ids; }

  /** A person writes. In order within a chat; a callback is repeated until it is taken. */
  say(chat, text) {
    const callback = this.messenger.say(this, this.messenger.chatOf(chat), text);
    if (callback) this.#said.set(chat, (this.#said.get(chat) ?? Promise.resolve()).then(() => this.#deliver(callback)));
  }

  hold(response, go) {
    const held = { go };
    this.#held.push(held);
    // Who gave up does not want it any more.
    response.on('close', () => { held.go = null; });
  }

  /** Healthy again: what was held goes on in the order in which it came. */
  release() {
    this.mode = 'healthy';
    for (const { go } of this.#held.splice(0)) go?.();
  }

  async #deliver({ headers, body }) {
    for (;;) {
      const status = await this.#post(headers, body);
      if (status >= 200 && status < 300) return;
      await new Promise(done => setTimeout(done, again));
    }
  }

  #post(headers, body) {
    return new Promise(done => {
      const request = call(this.callback, { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers } }, response => {
        response.resume();
        response.on('end', () => done(response.statusCode));
        response.on('error', () => done(0));
      });
      request.on('error', () => done(0));
      request.end(body);
    });
  }
}

/** Emits `shown` with account, chat (a number) and text. */
export class Server extends EventEmitter {
  /** @param latency Milliseconds that every call takes at least. */
  constructor(messenger, latency) {
    super();
    Object.assign(this, { messenger, latency, accounts: [] });
  }

  listen(port) {
    this.base = `http://127.0.0.1:${port}`;
    this.server = createServer((request, response) => {
      const chunks = [];
      request.on('data', chunk => chunks.push(chunk));
      request.on('error', () => {});
      request.on('end', () => this.#take(request, response, Buffer.concat(chunks)));
    });
    this.server.keepAliveTimeout = 60_000;
    return new Promise((resolve, reject) => this.server.once('error', reject).listen(port, '127.0.0.1', 1024, resolve));
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  shown(account, chat, text) { this.emit('shown', account, this.messenger.numberOf ? this.messenger.numberOf(chat) : Number(chat), String(text)); }

  #take(request, response, body) {
    const said = `${request.url} ${request.headers.authorization ?? ''} ${body}`;
    const account = this.accounts.find(one => said.includes(one.token));
    if (!account) return answer(response, { status: 401, body: { error: 'nobody' } });
    account.isKnown = true;
    const go = () => this.#answer(account, request, response, body);
    const isReceiving = this.messenger.isReceiving?.(request);
    if (account.mode === 'hangs' && !isReceiving) return account.hold(response, go);
    if (account.mode === 'limited' && this.messenger.isSend(request, body)) {
      return answer(response, this.messenger.limited?.() ?? { status: 429, headers: { 'retry-after': '1' }, body: { ok: false, error: 'ratelimited', message: 'Too many requests' } });
    }

    if (this.latency && !isReceiving) setTimeout(go, this.latency);
    else go();
  }

  #answer(account, request, response, body) {
    const given = this.messenger.answer(account, request, body, response, this);
    if (given) answer(response, given);
  }
}

function answer(response, { status = 200, headers = {}, body = {} }) {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers });
  response.end(bytes);
}
