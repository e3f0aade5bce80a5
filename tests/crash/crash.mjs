#!/usr/bin/env node
// Kills the real program under load again and again and checks what it promised: a message it acknowledged is answered,
// in order within its chat, once. Prints one JSON summary; exit code 1 when the promise was broken, 3 when it cannot run.
//   node tests/crash/crash.mjs --app artifacts/app/Assistant.Web.dll --provider sqlite|postgres [--kills 200]
//     [--chats 20] [--in-flight 2] [--pause 20] [--min-run 50] [--max-run 1200] [--start-kills 0.1] [--recover 60000]
//     [--mark-window 2000] [--port 21210] [--seed N] [--data FOLDER] [--command "dotnet floor.dll floor"]
// PostgreSQL is the one of tests/provision-postgres.sh (ASSISTANT_TEST_POSTGRES), with a database of its own.
// Ports used: P the program, P+1 the messenger, P+2 the engine.
import { spawn, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEngine } from './engine.mjs';
import { Ledger, isKept } from './ledger.mjs';
import { Telegram } from './telegram.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const { values } = parseArgs({
  options: Object.fromEntries(Object.entries({
    app: join(root, 'artifacts/app/Assistant.Web.dll'), provider: 'sqlite', kills: '200', chats: '20', 'in-flight': '2', pause: '20', 'min-run': '50',
    'max-run': '1200', 'start-kills': '0.1', recover: '60000', 'mark-window': '2000', port: '21210', seed: String(process.pid), data: '', command: '',
  }).map(([name, value]) => [name, { type: 'string', default: value }])),
});
if (!['sqlite', 'postgres'].includes(values.provider)) {
  console.error(`--provider is sqlite or postgres, not ${values.provider}.`);
  process.exit(2);
}

const number = name => Number(values[name]);
const random = mulberry(number('seed'));
const sleep = milliseconds => new Promise(done => setTimeout(done, milliseconds));
const port = number('port');
const token = '200002:crash-token';
const folder = values.data ? resolve(values.data) : mkdtempSync(join(tmpdir(), 'assistant-crash-'));
mkdirSync(folder, { recursive: true });

const telegram = new Telegram(token);
const ledger = new Ledger();
const waiting = new Map();
const recoveries = [];
let run = 0;
let child = null;
let polled = () => {};
let isOver = false;

telegram.on('polled', () => polled());
telegram.on('confirmed', update => ledger.confirm(update));
telegram.on('shown', ({ chat, text }) => {
  const answered = ledger.show(chat, text, performance.now(), run);
  if (answered) waiting.get(answered.nonce)?.();
});

function environment() {
  const api = `http://127.0.0.1:${port + 1}`;
  const engine = `http://127.0.0.1:${port + 2}/v1`;
  // For a program started with --command that is configured like the harness's own targets.
  const simple = { TELEGRAM_API_ROOT: api, TELEGRAM_BOT_TOKEN: token, LLM_BASE_URL: engine, LLM_API_KEY: 'none', LLM_MODEL: 'crash', FLOOR_DATA: join(folder, 'data') };
  const config = join(folder, 'assistant.yaml');
  writeFileSync(config, `tenants:
  - name: default
channels:
  - name: tg
    type: telegram
    tenant: default
    access: open
    settings: { token: "${token}", apiBaseUrl: "${api}", mode: polling }
engines:
  - name: crash
    type: openai
    settings: { baseUrl: "${engine}", apiKey: "none", model: "crash" }
    default: true
`);
  const assistant = { ASSISTANT_DATA: join(folder, 'data'), ASSISTANT_CONFIG: config, ASPNETCORE_URLS: `http://127.0.0.1:${port}` };
  const database = values.provider === 'postgres' ? { Assistant__Database__Provider: 'postgres', Assistant__Database__ConnectionString: connectionString() } : {};
  return { ...process.env, ...simple, ...assistant, ...database };
}

// The program makes its database when it is missing, as on any first start.
function connectionString() {
  const base = process.env.ASSISTANT_TEST_POSTGRES || execFileSync('bash', [join(root, 'tests/provision-postgres.sh')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim().split('\n').at(-1);
  const name = `assistant_crash_${Date.now().toString(36)}_${process.pid}`;
  return base.replace(/(^|;)\s*Database=[^;]*/i, '') + `;Database=${name}`;
}

const env = environment();
const command = values.command ? values.command.split(' ') : ['dotnet', resolve(values.app)];
const cwd = values.command ? root : dirname(resolve(values.app));
const log = openSync(join(folder, 'program.log'), 'a');

function start() {
  run++;
  child = spawn(command[0], command.slice(1), { cwd, env, stdio: ['ignore', log, log], detached: true });
  child.exited = new Promise(done => child.once('exit', (code, signal) => done({ code, signal })));
  child.once('error', error => fatal(`cannot start ${command.join(' ')}: ${error.message}`));
  child.exited.then(end => { if (end.signal !== 'SIGKILL' && !isOver) fatal(`the program ended by itself (${JSON.stringify(end)})`); });
}

async function kill() {
  const at = performance.now();
  // The whole group at once, as a power cut would.
  process.kill(-child.pid, 'SIGKILL');
  ledger.killed(run, at);
  await child.exited;
  // What the dead run still had in a socket arrives before anything of the next one.
  await sleep(20);
  return at;
}

function fatal(reason) {
  isOver = true;
  try { process.kill(-child.pid, 'SIGKILL'); } catch { /* gone */ }
  console.error(`crash: ${reason}. Its log is ${join(folder, 'program.log')}:\n${readFileSync(join(folder, 'program.log'), 'utf8').split('\n').slice(-25).join('\n')}`);
  process.exit(3);
}

async function untilPolling(deadlineMs) {
  let timer;
  const ok = await Promise.race([new Promise(done => { polled = () => done(true); }), new Promise(done => { timer = setTimeout(() => done(false), deadlineMs); })]);
  clearTimeout(timer);
  if (!ok) fatal(`run ${run} did not begin to receive within ${deadlineMs} ms`);
}

/** Waits until everything said before `since` is answered; what is not by then is lost. */
async function untilAnswered(since, deadlineMs) {
  const begin = performance.now();
  let owed = ledger.open(entry => entry.at <= since);
  while (owed.length && performance.now() - begin < deadlineMs) {
    await sleep(5);
    owed = owed.filter(entry => entry.shows.length === 0);
  }
  return owed;
}

async function person(chat) {
  while (!isOver) {
    const entry = ledger.say(chat, performance.now());
    const answered = new Promise(done => waiting.set(entry.nonce, done));
    ledger.queued(entry, telegram.say(chat, `Please repeat ${entry.nonce}`));
    await answered;
    waiting.delete(entry.nonce);
    await sleep(random() * number('pause') * 2);
  }
}

const begun = performance.now();
await telegram.listen(port + 1).catch(error => { console.error(`crash: ${error.message}`); process.exit(3); });
const engine = await startEngine(port + 2, () => random() * 8);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => fatal(`stopped by ${signal}`));

start();
await untilPolling(120_000);
for (let chat = 1; chat <= number('chats'); chat++) for (let i = 0; i < number('in-flight'); i++) void person(700_000 + chat);

let killedAt = 0;
let kills = 0;
let startKills = 0;
let broken = [];
const between = (low, high) => low + random() * (high - low);
while (kills < number('kills')) {
  if (kills > 0 && random() < number('start-kills')) {
    // A kill in the middle of starting, recovery included; what is owed is checked after the next full start.
    await sleep(between(0, 1500));
    startKills++;
  } else {
    if (kills > 0) {
      await untilPolling(120_000);
      broken = await untilAnswered(killedAt, number('recover'));
      recoveries.push(performance.now() - killedAt);
      if (broken.length) break;
    }
    await sleep(between(number('min-run'), number('max-run')));
  }
  killedAt = await kill();
  kills++;
  if (kills % 10 === 0) console.error(`crash: ${kills} kills, ${JSON.stringify(summaryLine())}`);
  start();
}

// Nobody says anything new; what is open must be answered, and nothing may be said a second time.
isOver = true;
if (!broken.length) {
  await untilPolling(120_000);
  await untilAnswered(Infinity, number('recover'));
  await sleep(3_000);
}
const stopping = performance.now();
process.kill(child.pid, 'SIGTERM');
const end = await Promise.race([child.exited, sleep(30_000).then(() => null)]);
if (!end) process.kill(-child.pid, 'SIGKILL');
const stopMs = Math.round(performance.now() - stopping);

const verdict = ledger.verdict(number('mark-window'));
recoveries.sort((a, b) => a - b);
const summary = {
  provider: values.command ? values.command : values.provider,
  kills, killsWhileStarting: startKills, seed: number('seed'), chats: number('chats'), inFlightPerChat: number('in-flight'),
  ...verdict,
  recoveryMs: recoveries.length ? { p50: Math.round(recoveries[Math.floor(recoveries.length / 2)]), max: Math.round(recoveries.at(-1)) } : null,
  gracefulStop: end ? { ms: stopMs, ...end } : null,
  auditChain: verifyAudit(),
  seconds: Math.round((performance.now() - begun) / 1000),
};
console.log(JSON.stringify(summary, null, 2));
telegram.close();
engine.closeAllConnections();
engine.close();
const kept = isKept(verdict) && summary.auditChain !== 'broken';
if (kept && !values.data) rmSync(folder, { recursive: true, force: true });
else console.error(`crash: data and log are in ${folder}`);
process.exit(kept ? 0 : 1);

function summaryLine() {
  const { said, answered, outOfOrder, duplicated, duplicatedUnexplained } = ledger.verdict(number('mark-window'));
  return { said, answered, outOfOrder, duplicated, duplicatedUnexplained };
}

/** The chain of audit events must have come through every kill, too. */
function verifyAudit() {
  if (values.command) return 'not asked';
  try {
    execFileSync(command[0], [...command.slice(1), 'audit', 'verify', '--json'], { cwd, env, stdio: ['ignore', log, log], timeout: 60_000 });
    return 'whole';
  } catch (error) {
    return error.status === 1 ? 'broken' : `not verified (exit ${error.status})`;
  }
}

function mulberry(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
