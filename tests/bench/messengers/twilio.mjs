// Twilio's programmable messaging: https://www.twilio.com/docs/messaging/api. A callback is a form, signed together with the address it goes to.
import { createHmac } from 'node:crypto';

const number = account => `+1555010${String(account.number).padStart(4, '0')}`;
const isSend = request => request.method === 'POST' && request.url.endsWith('/Messages.json');
let texts = 0;
const nextSid = () => `SM${String(++texts).padStart(32, '0')}`;

export const twilio = {
  type: 'twilio',
  tokenOf: seed => `AC${String(seed).padStart(32, '0')}`,
  settings: (account, server) => ({ accountSid: account.token, authToken: `auth-${account.token}`, from: number(account), apiBaseUrl: server.base }),
  chatOf: chat => `+1556${String(chat).padStart(7, '0')}`,
  numberOf: chat => Number(chat.slice(5)),
  isSend,
  limited: () => ({ status: 429, headers: { 'retry-after': '1' }, body: { code: 20429, message: 'Too Many Requests', status: 429 } }),

  say(account, chat, text) {
    const sid = nextSid();
    const fields = { AccountSid: account.token, ApiVersion: '2010-04-01', Body: text, From: chat, MessageSid: sid, NumMedia: '0', NumSegments: '1', SmsMessageSid: sid, SmsStatus: 'received', To: number(account) };
    const signed = account.callback + Object.keys(fields).sort().map(name => name + fields[name]).join('');
    return {
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': createHmac('sha1', `auth-${account.token}`).update(signed).digest('base64') },
    };
  },

  answer(account, request, body, response, server) {
    if (!isSend(request)) return { body: { sid: account.token, status: 'active', friendly_name: 'Helper', messages: [], next_page_uri: null } };
    const sent = new URLSearchParams(body.toString('utf8'));
    server.shown(account, sent.get('To'), sent.get('Body'));
    return { status: 201, body: { sid: nextSid(), status: 'queued', to: sent.get('To'), from: number(account), error_code: null } };
  },
};
