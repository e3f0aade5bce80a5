// WhatsApp and Messenger: two products over the Graph API, https://developers.facebook.com/docs/graph-api. Callbacks are signed by the app's secret.
import { createHmac } from 'node:crypto';

const secretOf = account => `${account.token}-app-secret`;
const idOf = account => String(100_200_300_000 + account.number);
const common = (account, server) => ({ accessToken: account.token, appSecret: secretOf(account), verifyToken: 'ours', apiBaseUrl: `${server.base}/v24.0` });
const signed = (account, event) => {
  const body = JSON.stringify(event);
  return { body, headers: { 'x-hub-signature-256': `sha256=${createHmac('sha256', secretOf(account)).update(body).digest('hex')}` } };
};
const isSend = request => request.method === 'POST' && /\/messages(\?|$)/.test(request.url);
const limited = () => ({ status: 429, headers: { 'retry-after': '1' }, body: { error: { message: 'Too many messages', type: 'OAuthException', code: 130429 } } });

export const whatsapp = {
  type: 'whatsapp',
  settings: (account, server) => ({ phoneNumberId: idOf(account), ...common(account, server) }),
  chatOf: chat => `1555${String(chat).padStart(7, '0')}`,
  numberOf: chat => Number(chat.slice(4)),
  isSend, limited,

  say(account, chat, text) {
    const message = { from: chat, from_user_id: `US.9${chat}`, id: `wamid.IN${account.nextId()}`, timestamp: String(Math.floor(Date.now() / 1000)), type: 'text', text: { body: text } };
    const value = {
      messaging_product: 'whatsapp', metadata: { display_phone_number: '15550783881', phone_number_id: idOf(account) },
      contacts: [{ profile: { name: `Person ${chat}` }, wa_id: chat, user_id: `US.9${chat}` }], messages: [message],
    };
    return signed(account, { object: 'whatsapp_business_account', entry: [{ id: 'WABA1', changes: [{ field: 'messages', value }] }] });
  },

  answer(account, request, body, response, server) {
    if (!isSend(request)) return { body: { verified_name: 'Helper', display_phone_number: '+1 555-078-3881', id: idOf(account) } };
    const sent = JSON.parse(body);
    if (sent.status === 'read') return { body: { success: true } };
    server.shown(account, sent.to, sent.text.body);
    return { body: { messaging_product: 'whatsapp', contacts: [{ input: sent.to, wa_id: sent.to }], messages: [{ id: `wamid.OUT${account.nextId()}` }] } };
  },
};

export const messenger = {
  type: 'messenger',
  settings: (account, server) => ({ pageId: idOf(account), ...common(account, server) }),
  chatOf: chat => String(7_000_000_000 + chat),
  numberOf: chat => Number(chat) - 7_000_000_000,
  isSend, limited,

  say(account, chat, text) {
    const event = { sender: { id: chat }, recipient: { id: idOf(account) }, timestamp: Date.now(), message: { mid: `m_IN${account.nextId()}`, text } };
    return signed(account, { object: 'page', entry: [{ id: idOf(account), time: Date.now(), messaging: [event] }] });
  },

  answer(account, request, body, response, server) {
    const [, path] = request.url.split('?')[0].split('/v24.0/');
    if (!isSend(request)) return { body: path === 'me' ? { id: idOf(account), name: 'Helper' } : { first_name: 'Person', last_name: path, id: path } };
    const sent = JSON.parse(body);
    if (sent.sender_action) return { body: { recipient_id: sent.recipient.id } };
    server.shown(account, sent.recipient.id, sent.message.text);
    return { body: { recipient_id: sent.recipient.id, message_id: `m_OUT${account.nextId()}` } };
  },
};
