// Sums the CTRF result files of a folder. Prints every failed test with its message and every reason for a skip;
// the last line is "<passed> <failed> <skipped>". A project that left no result counts as one failure.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const inCi = process.env.CI === 'true';
// CI provides these, so a test that is skipped for want of them has found a broken machine, not a missing option.
const provided = /postgres|chromium|browser|provision-servers/i;
const sum = { passed: 0, failed: 0, skipped: 0 };
const reasons = new Map();

const indent = text => String(text ?? '').split('\n').slice(0, 25).map(line => `        ${line}`).join('\n');

function fail(name, message, trace) {
  sum.failed++;
  console.log(`FAILED  ${name}\n${indent(message)}`);
  if (trace) console.log(indent(trace.split('\n').slice(0, 4).join('\n')));
}

for (const file of readdirSync(folder).filter(name => name.endsWith('.expected')).sort()) {
  const project = file.slice(0, -'.expected'.length);
  const path = join(folder, `${project}.ctrf.json`);
  if (!existsSync(path)) {
    fail(project, 'The test process ended without a result; see its log.');
    continue;
  }
  let results;
  try {
    ({ results } = JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    fail(project, `The result file cannot be read: ${error.message}`);
    continue;
  }
  if (results.tests.length === 0) console.log(`note    ${project} has no tests`);
  for (const test of results.tests) {
    if (test.status === 'passed') sum.passed++;
    else if (test.status === 'skipped' || test.status === 'pending') {
      if (inCi && provided.test(test.message ?? '')) fail(test.name, `skipped although CI provides it: ${test.message}`);
      else {
        sum.skipped++;
        reasons.set(test.message, (reasons.get(test.message) ?? 0) + 1);
      }
    } else fail(test.name, test.message, test.trace);
  }
  // Errors outside a test: a fixture that could not be cleaned up, a collection that did not start.
  for (const suite of results.extra?.suites ?? []) for (const error of suite.errors ?? []) fail(project, error.message ?? JSON.stringify(error), error.trace);
}

for (const [reason, count] of reasons) console.log(`skipped ${count}: ${reason}`);
console.log(`${sum.passed} ${sum.failed} ${sum.skipped}`);
