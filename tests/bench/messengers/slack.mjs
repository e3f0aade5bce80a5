// Slack, with events posted to an address: https://api.slack.com/apis/events-api. Methods answer 200 and say whether it went well.
import { createHmac } from 'node:crypto';

let events = 0;
const nextTs = () => `${Math.floor(Date.now() / 1000)}.${String(++events).padStart(6, '0')}`;

export const slack = {
  type: 'slack',
  tokenOf: seed => `xoxb-bench-token-${seed}-x`,
  settings: (account, server) => ({ botToken: account.token, mode: 'webhook', signingSecret: `${account.token}-secret`, apiBaseUrl: `${server.base}/api` }),
  chatOf: chat => `D${chat}`,
  numberOf: chat => Number(chat.slice(1)),
  isSend: request => request.url === '/api/chat.postMessage',

  say(account, chat, text) {
    const event = { type: 'message', user: `U${chat.slice(1)}`, team: 'T100', channel: chat, channel_type: 'im', ts: nextTs(), text };
    const body = JSON.stringify({
      token: 'legacy', team_id: 'T100', api_app_id: 'A100', type: 'event_callback', event_id: `Ev${++events}`, event_time: Math.floor(Date.now() / 1000),
      authorizations: [{ team_id: 'T100', user_id: 'UBOT', is_bot: true }], event,
    });
    const time = String(Math.floor(Date.now() / 1000));
    return { body, headers: { 'x-slack-request-timestamp': time, 'x-slack-signature': `v0=${createHmac('sha256', `${account.token}-secret`).update(`v0:${time}:${body}`).digest('hex')}` } };
  },

  answer(account, request, body, response, server) {
    switch (request.url) {
      case '/api/auth.test': return { body: { ok: true, url: 'https://example.slack.test/', team: 'Example', user: 'assistant', team_id: 'T100', user_id: 'UBOT', bot_id: 'B100' } };
      case '/api/users.info': return { body: { ok: true, user: { id: new URLSearchParams(body.toString()).get('user'), name: 'person', profile: { display_name: 'Person' } } } };
      case '/api/chat.postMessage': {
        const post = JSON.parse(body);
        server.shown(account, post.channel, post.text);
        return { body: { ok: true, channel: post.channel, ts: nextTs(), message: { text: post.text } } };
      }
      default: return { body: { ok: false, error: 'unknown_method' } };
    }
  },
};
