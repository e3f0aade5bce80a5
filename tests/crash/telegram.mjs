// A Telegram that outlives the program under test. What it must get right for the verdict to mean anything:
//  * an update stays queued until a later getUpdates confirms it with a higher offset, so "acknowledged" is exact;
//  * a message is shown when the request has arrived, whether or not its sender lives to read the answer;
//  * message ids of a bot's private chats come from one counter that people's and the bot's messages share, and
//    editMessageReplyMarkup tells the bot's own unchanged message from anybody else's: what a delivery probe asks about.
import { createServer } from 'node:http';
import { EventEmitter } from 'node:events';

export class Telegram extends EventEmitter {
  #updates = [];
  #messages = new Map();
  #poll = null;
  #updateId = 1_000;
  #messageId = 50_000;

  constructor(token) {
    super();
    this.token = token;
    this.bot = { id: Number(token.split(':')[0]), is_bot: true, first_name: 'Crash', username: 'crash_bot' };
  }

  listen(port) {
    this.server = createServer((request, response) => {
      const chunks = [];
      request.on('data', chunk => chunks.push(chunk));
      request.on('error', () => {});
      request.on('end', () => this.answer(request, response, Buffer.concat(chunks)));
    });
    this.server.keepAliveTimeout = 60_000;
    return new Promise((resolve, reject) => this.server.once('error', reject).listen(port, '127.0.0.1', 1024, resolve));
  }

  close() {
    this.#endPoll([]);
    this.server.closeAllConnections();
    this.server.close();
  }

  /** A person writes. Returns the update's id. */
  say(chat, text) {
    const update = { update_id: ++this.#updateId, message: { ...this.#message(chat, { id: chat, is_bot: false, first_name: `P${chat}` }), text } };
    this.#messages.set(update.message.message_id, { chat, mine: false });
    this.#updates.push(update);
    this.#endPoll();
    return update.update_id;
  }

  #message(chat, from) {
    return { message_id: ++this.#messageId, from, chat: { id: chat, type: 'private', first_name: `P${chat}` }, date: Math.floor(Date.now() / 1000) };
  }

  #endPoll(result = this.#updates.slice(0, 100)) {
    const poll = this.#poll;
    if (!poll) return;
    this.#poll = null;
    clearTimeout(poll.timer);
    this.#ok(poll.response, result);
  }

  #ok(response, result) {
    this.#reply(response, 200, { ok: true, result });
  }

  #fail(response, code, description) {
    this.#reply(response, code, { ok: false, error_code: code, description });
  }

  #reply(response, code, body) {
    const bytes = Buffer.from(JSON.stringify(body));
    response.writeHead(code, { 'content-type': 'application/json', 'content-length': bytes.length });
    response.end(bytes);
  }

  /** A call of the Bot API, its body read: for a server that several bots share, too. */
  answer(request, response, body) {
    const url = new URL(request.url, 'http://telegram');
    const [, token, method] = /^\/bot([^/]+)\/(\w+)$/.exec(url.pathname) ?? [];
    if (token !== this.token) return this.#fail(response, 404, 'Not Found');

    const fields = parse(request.headers['content-type'] ?? '', body, url.searchParams);
    const chat = Number(fields.chat_id);
    switch (method.toLowerCase()) {
      case 'getme': return this.#ok(response, this.bot);
      case 'getwebhookinfo': return this.#ok(response, { url: '', has_custom_certificate: false, pending_update_count: this.#updates.length });
      case 'getupdates': return this.#getUpdates(fields, response);
      case 'sendmessage': {
        const message = { ...this.#message(chat, this.bot), text: fields.text };
        this.#messages.set(message.message_id, { chat, mine: true });
        this.emit('shown', { chat, text: String(fields.text), id: message.message_id });
        return this.#ok(response, message);
      }
      case 'editmessagereplymarkup': {
        const known = this.#messages.get(Number(fields.message_id));
        if (!known || known.chat !== chat) return this.#fail(response, 400, 'Bad Request: message to edit not found');
        if (!known.mine) return this.#fail(response, 400, "Bad Request: message can't be edited");
        return this.#fail(response, 400, 'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message');
      }
      default: return this.#ok(response, true);
    }
  }

  #getUpdates(fields, response) {
    const offset = Number(fields.offset) || 0;
    if (offset > 0) {
      const confirmed = this.#updates.findIndex(update => update.update_id >= offset);
      this.#updates.splice(0, confirmed < 0 ? this.#updates.length : confirmed);
      this.emit('confirmed', offset - 1);
    }
    this.emit('polled');
    this.#endPoll([]);
    const timeout = Math.min(50, Number(fields.timeout) || 0);
    if (this.#updates.length || !timeout) return this.#ok(response, this.#updates.slice(0, 100));
    const poll = { response, timer: setTimeout(() => this.#endPoll([]), timeout * 1000) };
    this.#poll = poll;
    // The poller was killed: its connection is gone, and an answer into it would be lost, which Telegram allows.
    response.on('close', () => {
      if (this.#poll === poll) this.#poll = null;
      clearTimeout(poll.timer);
    });
  }
}

function parse(type, body, query) {
  if (type.includes('json') && body.length) return JSON.parse(body.toString('utf8'));
  if (type.includes('urlencoded')) return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  return Object.fromEntries(query);
}
