// signal-cli's HTTP daemon: commands over JSON-RPC, what is said as a stream of events with ids,
// https://github.com/AsamK/signal-cli/blob/master/man/signal-cli-jsonrpc.5.adoc
// A message is known by its moment, so none is used twice.
let moment = Date.now();
const nextMoment = () => ++moment;

export const signal = {
  type: 'signal',
  tokenOf: seed => `1555019${String(seed).padStart(4, '0')}`,
  settings: (account, server) => ({ account: `+${account.token}`, daemon: server.base }),
  chatOf: chat => `b0000000-0000-4000-8000-${String(chat).padStart(12, '0')}`,
  numberOf: chat => Number(chat.slice(-12)),
  isReceiving: request => request.url.startsWith('/api/v1/events'),
  isSend: (request, body) => request.url === '/api/v1/rpc' && JSON.parse(body).method === 'send',
  limited: () => ({ body: { jsonrpc: '2.0', error: { code: -5, message: 'Failed to send message', data: { response: { timestamp: 1, results: [{ type: 'RATE_LIMIT_FAILURE', retryAfterSeconds: 1 }] } } } } }),

  say(account, chat, text) {
    const timestamp = nextMoment();
    const envelope = { sourceUuid: chat, source: chat, sourceName: 'Person', sourceDevice: 1, timestamp, dataMessage: { timestamp, message: text, expiresInSeconds: 0 } };
    const said = account.events ??= [];
    said.push(`id:${said.length + 1}\nevent:receive\ndata:${JSON.stringify({ envelope, account: `+${account.token}` })}\n\n`);
    account.stream?.write(said.at(-1));
  },

  answer(account, request, body, response, server) {
    if (request.url.startsWith('/api/v1/check')) return {};
    if (this.isReceiving(request)) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(':\n');
      for (const event of (account.events ??= []).slice(Number(request.headers['last-event-id']) || 0)) response.write(event);
      account.stream = response;
      const alive = setInterval(() => response.write(':\n'), 10_000);
      response.on('close', () => clearInterval(alive));
      return null;
    }

    const { id, method, params } = JSON.parse(body);
    if (method === 'send') server.shown(account, params.recipient[0], params.message);
    const result = method === 'listIdentities' ? [{ number: `+${account.token}`, uuid: 'a0000000-0000-4000-8000-000000000001' }]
      : { timestamp: nextMoment(), results: [{ type: 'SUCCESS' }] };
    return { body: { jsonrpc: '2.0', id, result } };
  },
};
