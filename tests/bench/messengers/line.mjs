// LINE: https://developers.line.biz/en/reference/messaging-api/. A push that repeats a retry key is answered 409 and not shown again.
import { createHmac } from 'node:crypto';

export const line = {
  type: 'line',
  settings: (account, server) => ({ channelSecret: `${account.token}-secret`, accessToken: account.token, apiBaseUrl: server.base, dataBaseUrl: server.base }),
  chatOf: chat => `U${chat.toString(16).padStart(32, '0')}`,
  numberOf: chat => parseInt(chat.slice(1), 16),
  isSend: request => request.url.startsWith('/v2/bot/message/'),

  say(account, chat, text) {
    const event = {
      type: 'message', mode: 'active', timestamp: Date.now(), webhookEventId: `01J${String(account.nextId()).padStart(23, '0')}`,
      deliveryContext: { isRedelivery: false }, source: { type: 'user', userId: chat }, message: { id: String(account.nextId()), type: 'text', quoteToken: 'q', text },
    };
    const body = JSON.stringify({ destination: 'Ubot', events: [event] });
    return { body, headers: { 'x-line-signature': createHmac('sha256', `${account.token}-secret`).update(body).digest('base64') } };
  },

  answer(account, request, body, response, server) {
    if (request.url === '/v2/bot/info') return { body: { userId: 'Ubot', basicId: '@helper', displayName: 'Helper' } };
    if (request.url.startsWith('/v2/bot/profile/')) return { body: { userId: request.url.split('/').at(-1), displayName: 'Person', language: 'en' } };
    if (request.url !== '/v2/bot/message/push') return { status: 404, body: { message: 'Not found' } };
    const keys = account.keys ??= new Map();
    const key = request.headers['x-line-retry-key'];
    if (keys.has(key)) return { status: 409, body: { message: 'The retry key is already accepted', sentMessages: [{ id: keys.get(key) }] } };
    const push = JSON.parse(body);
    const id = String(461_230_966_842_064 + account.nextId());
    keys.set(key, id);
    server.shown(account, push.to, push.messages[0].text);
    return { body: { sentMessages: [{ id, quoteToken: 'q' }] } };
  },
};
