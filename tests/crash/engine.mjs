// An OpenAI-compatible server that answers "ok <nonce>" to the newest message of the person, streamed when asked so.
import { createServer } from 'node:http';

export const NONCE = /crash-\d+-\d+/g;

export function startEngine(port, thinkMs) {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => setTimeout(() => answer(request, response, Buffer.concat(chunks)), thinkMs()));
  });
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', 1024, () => resolve(server)));
}

function answer(request, response, raw) {
  if (!request.url.endsWith('/chat/completions')) return send(response, { object: 'list', data: [{ id: 'crash', object: 'model', created: 1, owned_by: 'crash' }] });

  const body = JSON.parse(raw.toString('utf8'));
  const asked = body.messages.filter(message => message.role === 'user').at(-1)?.content ?? '';
  const nonce = (typeof asked === 'string' ? asked : JSON.stringify(asked)).match(NONCE)?.at(-1);
  const text = nonce ? `ok ${nonce}` : 'ok';
  const head = { id: 'chatcmpl-crash', created: 1, model: body.model };
  const usage = { prompt_tokens: 8, completion_tokens: 4, total_tokens: 12 };
  if (!body.stream) {
    return send(response, { ...head, object: 'chat.completion', usage, choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } }] });
  }

  const half = Math.ceil(text.length / 2);
  const event = part => `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...part })}\n\n`;
  const delta = (content, finish_reason = null) => event({ choices: [{ index: 0, delta: content, finish_reason }] });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(delta({ role: 'assistant', content: text.slice(0, half) }));
  response.end(delta({ content: text.slice(half) }) + delta({}, 'stop') + event({ choices: [], usage }) + 'data: [DONE]\n\n');
}

function send(response, body) {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
  response.end(bytes);
}
