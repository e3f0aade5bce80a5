#!/usr/bin/env node
// Twenty connections over eight messengers in one program, everybody talking at once. Then the calls of one connection hang, and come back; then
// one is answered 429, and is released. Checks that each message is answered once and in the order of its chat, and that no OTHER connection becomes
// slower while one is in trouble. Prints what each connection saw in each phase. Exit code 1 when a promise was broken, 3 when it cannot run.
//   node tests/bench/connections.mjs [--app artifacts/app/Assistant.Web.dll] [--short] [--hang telegram-1,webhook-1,...] [--limit slack-1,...]
//     [--accounts telegram:4,webhook:4,...] [--chats 4] [--crowd 150] [--in-flight 2] [--pause 1000] [--crowd-pause 20000] [--seconds 15]
//     [--hang-seconds 20] [--latency 0] [--recover 120000] [--port 21310] [--seed N] [--out FILE] [--command "node tests/bench/careless.mjs lost"]
// A connection that is to be in trouble has a crowd of chats: more than the program opens sockets to one server for it.
// Ports used: P the program, P+1 the engine, P+2 and up the messengers.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEngine } from '../crash/engine.mjs';
import { Conversations, Verdict } from './conversations.mjs';
import { line } from './messengers/line.mjs';
import { messenger, whatsapp } from './messengers/meta.mjs';
import { Account, Server } from './messengers/server.mjs';
import { signal } from './messengers/signal.mjs';
import { slack } from './messengers/slack.mjs';
import { telegram } from './messengers/telegram.mjs';
import { twilio } from './messengers/twilio.mjs';
import { webhook } from './messengers/webhook.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const messengers = { telegram, webhook, line, whatsapp, messenger, twilio, slack, signal };
const everyOne = 'telegram-1,webhook-1,line-1,whatsapp-1,messenger-1,twilio-1,slack-1,signal-1';
const isShort = process.argv.includes('--short');
const { values } = parseArgs({
  options: {
    short: { type: 'boolean' },
    ...Object.fromEntries(Object.entries({
      app: join(root, 'artifacts/app/Assistant.Web.dll'), command: '', port: '21310', seed: String(process.pid), out: '',
      accounts: 'telegram:4,webhook:4,line:2,whatsapp:2,messenger:2,twilio:2,slack:2,signal:2',
      hang: isShort ? 'telegram-1' : everyOne, limit: isShort ? 'slack-1' : everyOne,
      seconds: isShort ? '5' : '15', 'hang-seconds': isShort ? '5' : '20', warm: isShort ? '3' : '15', recover: '120000',
      chats: '4', crowd: '150', 'in-flight': '2', pause: '1000', 'crowd-pause': isShort ? '4000' : '20000', latency: '0',
    }).map(([name, value]) => [name, { type: 'string', default: value }])),
  },
});
const number = name => Number(values[name]);
const names = name => values[name].split(',').filter(Boolean);
const sleep = milliseconds => new Promise(done => setTimeout(done, milliseconds));
const port = number('port');
const folder = mkdtempSync(join(tmpdir(), 'assistant-connections-'));
const random = mulberry(number('seed'));

const servers = [];
const accounts = [];
for (const [at, [type, count]] of values.accounts.split(',').map(one => one.split(':')).entries()) {
  const server = new Server(messengers[type], number('latency'));
  await server.listen(port + 2 + at).catch(error => { console.error(`connections: ${error.message}`); process.exit(3); });
  for (let i = 1; i <= Number(count); i++) {
    const account = new Account(messengers[type], i, accounts.length + 1);
    account.callback = `http://127.0.0.1:${port}/webhooks/${account.name}`;
    account.settings = messengers[type].settings(account, server);
    account.isTroubled = [...names('hang'), ...names('limit')].includes(account.name);
    account.conversations = new Conversations();
    server.accounts.push(account);
    accounts.push(account);
  }
  server.on('shown', (account, chat, text) => account.conversations.show(chat, text, performance.now()));
  servers.push(server);
}
const find = name => accounts.find(account => account.name === name) ?? fatal(`there is no ${name} among the accounts`);

const config = join(folder, 'assistant.yaml');
writeFileSync(config, `tenants:
  - name: default
channels:
${accounts.map(({ name, messenger: { type }, settings }) => `  - ${JSON.stringify({ name, type, tenant: 'default', access: 'open', settings })}`).join('\n')}
engines:
  - name: bench
    type: openai
    settings: { baseUrl: "http://127.0.0.1:${port + 1}/v1", apiKey: "none", model: "bench" }
    default: true
`);
const log = openSync(join(folder, 'program.log'), 'a');
const command = values.command ? values.command.split(' ') : ['dotnet', resolve(values.app)];
const address = `http://127.0.0.1:${port}`;
const engine = await startEngine(port + 1, () => 5 + random() * 10);
let isOver = false;
const child = spawn(command[0], command.slice(1), {
  cwd: values.command ? root : dirname(resolve(values.app)), stdio: ['ignore', log, log], detached: true,
  env: { ...process.env, ASSISTANT_DATA: join(folder, 'data'), ASSISTANT_CONFIG: config, ASPNETCORE_URLS: address, Assistant__Public__BaseUrl: address },
});
const exited = new Promise(done => child.once('exit', (code, reason) => done({ code, reason })));
child.once('error', error => fatal(`cannot start ${command.join(' ')}: ${error.message}`));
exited.then(end => { if (!isOver) fatal(`the program ended by itself (${JSON.stringify(end)})`); });
for (const stop of ['SIGINT', 'SIGTERM']) process.on(stop, () => fatal(`stopped by ${stop}`));

function fatal(reason) {
  isOver = true;
  try { process.kill(-child.pid, 'SIGKILL'); } catch { /* gone */ }
  console.error(`connections: ${reason}. Its log is ${join(folder, 'program.log')}:\n${readFileSync(join(folder, 'program.log'), 'utf8').split('\n').slice(-25).join('\n')}`);
  process.exit(3);
}

async function until(isSo, milliseconds) {
  for (const begin = performance.now(); performance.now() - begin < milliseconds; await sleep(20)) if (await isSo()) return true;
  return false;
}

let phase = 'warm';
async function person(account, chat, pause) {
  await sleep(random() * pause);
  while (!isOver) {
    const said = account.conversations.say(chat, performance.now(), phase);
    account.say(chat, `Please repeat ${said.nonce}`);
    await said.answered;
    await sleep(random() * pause * 2);
  }
}

const phases = [];
/** Lets everybody talk on for a while, in a phase of this name. */
async function during(name, account, seconds) {
  const begin = performance.now();
  phase = name;
  await sleep(seconds * 1000);
  phases.push({ name, trouble: account?.name, seconds: (performance.now() - begin) / 1000 });
  console.error(`connections: ${name} is over; open are ${accounts.map(one => `${one.name} ${one.conversations.open().length}`).join(', ')}`);
  phase = 'between';
}

/** Everything said on the account until now has been answered, or it takes too long: then it is missing at the end. */
async function caughtUp(account) {
  const begin = performance.now();
  const owed = account.conversations.open();
  await until(() => owed.every(said => said.shows.length > 0), number('recover'));
  return Math.round(performance.now() - begin);
}

if (!await until(async () => (await fetch(`${address}/health/ready`).catch(() => null))?.ok, 120_000)) fatal('the program did not become ready');
// Platforms behind a webhook are not asked anything at the start; the others are, and what is said before might be refused.
if (!await until(() => accounts.every(account => account.isKnown || account.messenger.type === 'webhook'), 60_000)) {
  fatal(`not connected: ${accounts.filter(account => !account.isKnown).map(account => account.name)}`);
}

for (const [at, account] of accounts.entries()) {
  const [chats, pause] = account.isTroubled ? [number('crowd'), number('crowd-pause')] : [number('chats'), number('pause')];
  for (let chat = 1; chat <= chats; chat++) for (let i = 0; i < number('in-flight'); i++) void person(account, (at + 1) * 10_000 + chat, pause);
}

await sleep(number('warm') * 1000);
await during('healthy', null, number('seconds'));
const recoveries = {};
for (const [kind, mode] of [['hang', 'hangs'], ['limit', 'limited']]) {
  for (const account of names(kind).map(find)) {
    account.mode = mode;
    await during(`${account.name} ${mode}`, account, number(kind === 'hang' ? 'hang-seconds' : 'seconds'));
    account.release();
    recoveries[`${account.name} ${mode}`] = await caughtUp(account);
  }
}

// Nobody says anything new; what is open must be answered, and nothing may be said a second time.
isOver = true;
await until(() => accounts.every(account => account.conversations.open().length === 0), number('recover'));
await sleep(isShort ? 1_000 : 3_000);
process.kill(child.pid, 'SIGTERM');
const end = await Promise.race([exited, sleep(30_000).then(() => null)]);
if (!end) process.kill(-child.pid, 'SIGKILL');

const verdict = new Verdict(accounts, phases);
console.log(verdict.table());
console.log(verdict.sum(recoveries));
if (values.out) writeFileSync(resolve(values.out), JSON.stringify(verdict, null, 1));
for (const server of servers) server.close();
engine.closeAllConnections();
engine.close();
if (verdict.faults.length === 0) rmSync(folder, { recursive: true, force: true });
else console.error(`connections: data and log are in ${folder}`);
process.exit(verdict.faults.length === 0 ? 0 : 1);

function mulberry(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
