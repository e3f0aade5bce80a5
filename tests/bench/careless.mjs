// A gateway for LINE that does wrong what it is told to: lost, doubled, disordered, slow, or nothing. connections.mjs must see each
// of it. Used by its self-test only. "slow" has one line for all connections, so that whoever hangs in it stops everybody.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const fault = process.argv[2];
const lines = readFileSync(process.env.ASSISTANT_CONFIG, 'utf8').split('\n');
const connections = new Map(lines.filter(line => line.startsWith('  - {')).map(line => JSON.parse(line.slice(4))).map(({ name, settings }) => [name, settings]));
const engine = /baseUrl: "([^"]+)"/.exec(lines.join('\n'))[1];
const waiting = new Map();
let count = 0;

async function post(url, body, headers = {}) {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

async function answer({ message: { text }, source: { userId: to } }, { apiBaseUrl, accessToken }) {
  const completion = await post(`${engine}/chat/completions`, { model: 'x', messages: [{ role: 'user', content: text }] });
  const isWrong = ++count % 20 === 0;
  if (fault === 'lost' && isWrong) return;
  const send = async () => {
    const push = { to, messages: [{ type: 'text', text: completion.body.choices[0].message.content }] };
    const headers = { authorization: `Bearer ${accessToken}`, 'x-line-retry-key': randomUUID() };
    while ((await post(`${apiBaseUrl}/v2/bot/message/push`, push, headers)).status === 429) await new Promise(done => setTimeout(done, 1_000));
  };
  await send();
  if (fault === 'doubled' && isWrong) await send();
}

createServer((request, response) => {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    response.end();
    const name = request.url.split('/webhooks/')[1];
    if (!name) return;
    const [event] = JSON.parse(Buffer.concat(chunks)).events;
    const line = fault === 'slow' ? 'all' : event.source.userId;
    const turn = fault === 'disordered' ? new Promise(done => setTimeout(done, Math.random() * 60)) : waiting.get(line) ?? Promise.resolve();
    waiting.set(line, turn.then(() => answer(event, connections.get(name))).catch(() => {}));
  });
}).listen(Number(new URL(process.env.ASPNETCORE_URLS).port), '127.0.0.1');

// As the program does at its start: who am I?
for (const { apiBaseUrl, accessToken } of connections.values()) await fetch(`${apiBaseUrl}/v2/bot/info`, { headers: { authorization: `Bearer ${accessToken}` } });
