// Platforms of no channel of their own, in four forms: how a callback is proven, what it looks like, and how what is sent is proven and answered.
import { createHmac, timingSafeEqual } from 'node:crypto';

const paths = { id: '$.id', text: '$.text', chat: '$.channel.id', sender: '$.user.id', name: '$.user.name' };
const secretOf = account => `${account.token}-secret`;
const hmac = (hash, encoding, account, text) => createHmac(hash, secretOf(account)).update(text).digest(encoding);
const isEqual = (one, other) => one?.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
const seconds = () => String(Math.floor(Date.now() / 1000));

const forms = [
  { // signed with the time, answered by a bearer token
    settings: account => ({ ...paths, signaturePrefix: 'sha256=', signed: '{timestamp}.{body}', timestampHeader: 'X-Time', sendSecret: `bearer-${account.token}` }),
    prove(account, body, time = seconds()) { return { 'x-time': time, 'x-signature': `sha256=${hmac('sha256', 'hex', account, `${time}.${body}`)}` }; },
    isProven: (account, request) => request.headers.authorization === `Bearer bearer-${account.token}`,
  },
  { // a secret in a header, both ways
    settings: () => ({ ...paths, proof: 'header', proofName: 'X-Platform', sendAuth: 'header', sendHeader: 'X-Assistant' }),
    prove: account => ({ 'x-platform': secretOf(account) }),
    isProven: (account, request) => request.headers['x-assistant'] === secretOf(account),
  },
  { // a list of events with the secret beside it; whoever sends is asked for nothing
    settings: () => ({ ...paths, proof: 'body', proofName: '$.token', items: '$.events', sendAuth: 'none' }),
    wrap: (account, event) => ({ token: secretOf(account), events: [event] }),
    prove: () => ({}),
    isProven: () => true,
  },
  { // signed both ways with another hash; Markdown, in a body of its own form
    settings: () => ({ ...paths, signature: 'sha512-base64', sendAuth: 'signature', sendHeader: 'X-Assistant', format: 'markdown',
      sendBody: '{"to": "{chat}", "message": {"body": "{text}"}}', sentId: '$.message.id', sentOk: '$.ok' }),
    prove: (account, body) => ({ 'x-signature': hmac('sha512', 'base64', account, body) }),
    isProven: (account, request, body) => isEqual(request.headers['x-assistant'], hmac('sha512', 'base64', account, body)),
  },
];
const formOf = account => forms[(account.number - 1) % forms.length];

export const webhook = {
  type: 'webhook',
  settings: (account, server) => ({ secret: secretOf(account), sendUrl: `${server.base}/${account.token}/messages`, ...formOf(account).settings(account) }),
  chatOf: chat => String(chat),
  isSend: () => true,

  say(account, chat, text) {
    const event = { id: `m${account.nextId()}`, text, channel: { id: chat }, user: { id: chat, name: `Person ${chat}` } };
    const body = JSON.stringify(formOf(account).wrap?.(account, event) ?? event);
    return { body, headers: formOf(account).prove(account, body) };
  },

  answer(account, request, body, response, server) {
    if (!formOf(account).isProven(account, request, body)) return { status: 401, body: { ok: false, error: 'not proven' } };
    const sent = JSON.parse(body);
    server.shown(account, sent.to ?? sent.chat, sent.message?.body ?? sent.text);
    const id = `s${account.nextId()}`;
    return { body: { ok: true, id, message: { id } } };
  },
};
