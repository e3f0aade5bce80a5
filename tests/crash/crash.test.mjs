// The harness judges others, so it is judged first: every fault it looks for is planted once.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { Ledger, isKept } from './ledger.mjs';

const here = dirname(fileURLToPath(import.meta.url));

function conversation(...shows) {
  const ledger = new Ledger();
  for (let update = 1; update <= 3; update++) ledger.queued(ledger.say(7, update), update);
  ledger.confirm(2);
  ledger.killed(1, 100);
  for (const [seq, at, run, chat = 7] of shows) ledger.show(chat, `ok crash-7-${seq}`, at, run);
  return ledger.verdict(50);
}

test('answers in order and once keep the promise', () => {
  const verdict = conversation([1, 10, 1], [2, 20, 1], [3, 30, 1]);

  assert.equal(isKept(verdict), true);
  assert.equal(verdict.answered, 3);
});

test('a missing answer is a loss, whether or not it was acknowledged', () => {
  const verdict = conversation([1, 10, 1]);

  assert.equal(verdict.lostAcknowledged, 1);
  assert.equal(verdict.lostUnacknowledged, 1);
  assert.equal(isKept(verdict), false);
});

test('an answer that overtakes or skips another is out of order', () => {
  const verdict = conversation([2, 10, 1], [1, 20, 1], [3, 30, 1]);

  assert.equal(verdict.outOfOrder, 2);
  assert.equal(isKept(verdict), false);
});

test('a second copy is forgiven only when the first was shown just before its run was killed', () => {
  const inWindow = conversation([1, 60, 1], [1, 300, 2], [2, 310, 2], [3, 320, 2]);
  const longBefore = conversation([1, 10, 1], [1, 300, 2], [2, 310, 2], [3, 320, 2]);
  const sameRun = conversation([1, 60, 1], [1, 61, 1], [2, 62, 1], [3, 63, 1]);

  assert.equal(inWindow.duplicatedInSendMarkWindow, 1);
  assert.equal(isKept(inWindow), true);
  assert.equal(longBefore.duplicatedUnexplained, 1);
  assert.equal(isKept(longBefore), false);
  assert.equal(isKept(sameRun), false);
});

test('an answer in another chat is misrouted', () => {
  assert.equal(conversation([1, 10, 1, 8]).misrouted, 1);
});

test('a gateway that keeps nothing is caught by the kills', () => {
  const run = spawnSync('node', [
    join(here, 'crash.mjs'), '--command', `node ${join(here, 'forgetful.mjs')}`, '--kills', '4', '--recover', '700', '--start-kills', '0', '--port', '21230',
  ], { encoding: 'utf8', timeout: 60_000 });

  assert.equal(run.status, 1, run.stderr);
  assert.ok(JSON.parse(run.stdout).lostAcknowledged > 0);
});
