// Telegram, by long polling: the one the crash harness has, once for each bot.
import { Telegram } from '../../crash/telegram.mjs';

export const telegram = {
  type: 'telegram',
  tokenOf: seed => `${300_000 + seed}:bench-token-${seed}`,
  settings: (account, server) => ({ token: account.token, apiBaseUrl: server.base, mode: 'polling' }),
  chatOf: chat => chat,
  isReceiving: request => /\/getUpdates/i.test(request.url),
  isSend: request => /\/sendMessage/i.test(request.url),
  limited: () => ({ status: 429, body: { ok: false, error_code: 429, description: 'Too Many Requests: retry after 1', parameters: { retry_after: 1 } } }),

  say(account, chat, text) {
    botOf(account).say(chat, text);
  },

  answer(account, request, body, response, server) {
    const bot = botOf(account);
    if (!bot.listenerCount('shown')) bot.on('shown', ({ chat, text }) => server.shown(account, chat, text));
    bot.answer(request, response, body);
  },
};

function botOf(account) {
  return account.bot ??= new Telegram(account.token);
}
