// The harness judges others, so it is judged first: a gateway does wrong each thing it looks for.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Conversations, Verdict } from './conversations.mjs';

const here = dirname(fileURLToPath(import.meta.url));
let port = Number(process.env.ASSISTANT_BENCH_PORTS ?? 21350);

/** Runs the harness with a gateway that has this fault. */
async function judge(fault) {
  const run = spawn('node', [
    join(here, 'connections.mjs'), '--short', '--command', `node ${join(here, 'careless.mjs')} ${fault}`, '--accounts', 'line:9', '--hang', 'line-1', '--limit', 'line-5',
    '--crowd', '5', '--pause', '100', '--crowd-pause', '100', '--warm', '1', '--seconds', '2', '--hang-seconds', '2', '--recover', '2000', '--port', String(port += 10),
  ]);
  let said = '';
  for (const stream of [run.stdout, run.stderr]) stream.on('data', chunk => { said += chunk; });
  const code = await new Promise(done => run.once('exit', done));
  return { code, said, faults: said.split('\n').filter(line => line.startsWith('FAULT ')) };
}

const expected = {
  lost: / [1-9]\d* lost, 0 doubled,/,
  doubled: / 0 lost, [1-9]\d* doubled, 0 out of order/,
  disordered: / 0 lost, 0 doubled, [1-9]\d* out of order/,
  slow: /line-1 hangs: the others as a whole became slower/,
};
// All at once: each waits for its phases most of the time. What is only seen by its times is measured when nothing runs beside it.
const runs = new Map([...Object.keys(expected), 'none'].filter(fault => fault !== 'slow').map(fault => [fault, judge(fault)]));
runs.set('slow', Promise.all(runs.values()).then(() => judge('slow')));

for (const [fault, seen] of Object.entries(expected)) {
  test(`a gateway that has the fault "${fault}" is caught`, async () => {
    const { code, said, faults } = await runs.get(fault);

    assert.equal(code, 1, said);
    assert.ok(faults.some(line => seen.test(line)), said);
  });
}

test('a gateway without a fault is not blamed', async () => {
  const { code, said } = await runs.get('none');

  assert.equal(code, 0, said);
  assert.match(said, /9 connections: [1-9]\d* said, [1-9]\d* answered, 0 lost, 0 doubled, 0 out of order, 0 strange/);
});

/** Ten connections, each answered 20 times in each of two phases; answers take as long as the function says. */
function measured(takes) {
  const accounts = Array.from({ length: 10 }, (_, at) => ({ name: `line-${at}`, conversations: new Conversations() }));
  for (const { name, conversations } of accounts) {
    for (const phase of ['healthy', 'line-0 hangs']) {
      for (let i = 0; i < 20; i++) conversations.show(1, `ok ${conversations.say(1, 0, phase).nonce}`, takes(name, phase, i));
    }
  }
  return new Verdict(accounts, [{ name: 'healthy', seconds: 1 }, { name: 'line-0 hangs', trouble: 'line-0', seconds: 1 }]);
}

test('of many connections the one that became slower is named, but not the one in trouble', () => {
  const verdict = measured((name, phase) => phase !== 'healthy' && ['line-0', 'line-3'].includes(name) ? 900 : 40);

  assert.deepEqual(verdict.faults, ['line-0 hangs: slower became line-3']);
});

test('what a busy machine does to one connection and another is not blamed on the one in trouble', () => {
  assert.deepEqual(measured((name, phase, i) => (name === 'line-3' && phase === 'healthy' ? 400 : 1100) + i * 10).faults, []);
});
