#!/usr/bin/env node
// Runs the reference gateway, the durable floor and the product alternately through the gateway harness in
// ../shared/bench/gateway, in one sitting, and prints rates and ratios. Exits 1 when anything was lost, doubled or disordered.
//   node tests/bench/compare.mjs --app artifacts/app/Assistant.Web.dll --floor artifacts/bench/Assistant.Benchmarks.dll
//     [--targets reference,floor,assistant] [--chats 1,10,100,1000] [--rounds 1] [--port 18080] [--scale 1] [--out artifacts/bench/results.json]
// --port P: the product listens on P, the mock messenger on P+1, the mock engine on P+2.
// CPU seconds per 1,000 answers is the figure to trust on a machine with neighbours.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Targets, options as common, root } from './harness.mjs';

const { values: options } = parseArgs({
  options: {
    ...common,
    targets: { type: 'string', default: 'reference,floor,assistant' },
    chats: { type: 'string', default: '1,10,100,1000' },
    rounds: { type: 'string', default: '1' },
    scale: { type: 'string', default: '1' },
    out: { type: 'string', default: join(root, 'artifacts/bench/results.json') },
  },
});
const targets = new Targets(options);
mkdirSync(dirname(resolve(options.out)), { recursive: true });

const perChat = chats => Math.max(2, Math.round(Number(options.scale) * (chats <= 1 ? 1000 : chats <= 10 ? 300 : chats <= 100 ? 80 : 12)));

async function measure(name, chats) {
  const bench = await targets.open(name);
  try {
    const start = await bench.startGateway({ reset: true });
    // The first seconds of a program are its compiler's; every target gets the same, unmeasured.
    await bench.measure({ chats: 10, perChat: 30, settleMs: 200 });
    const result = await bench.measure({ chats, perChat: perChat(chats), warmup: 2, settleMs: 1500, maxSeconds: 120 });
    return { target: name, chats, ready_ms: start.healthy_ms ?? start.channel_connected_ms, ...result };
  } finally {
    await bench.close();
  }
}

const results = [];
const faults = result => result.lost + result.duplicated + result.wrong_order + result.misrouted;
const cell = (value, width) => String(value ?? '-').padStart(width);
console.log('chats  target      answers/s   p50 ms   p99 ms  CPU-s/1000  RSS MB  vs floor  CPU vs floor  faults  others %');
for (let round = 0; round < Number(options.rounds); round++) {
  for (const chats of options.chats.split(',').map(Number)) {
    for (const name of options.targets.split(',')) {
      const result = await measure(name, chats);
      results.push(result);
      writeFileSync(resolve(options.out), JSON.stringify(results, null, 1));
      const floor = results.findLast(other => other.target === 'floor' && other.chats === chats);
      const cpu = result.gateway?.cpu_s_per_1000_msgs;
      // The harness rounds to a tenth; the total has a digit more.
      const precise = result.gateway?.cpu_s && result.answered ? result.gateway.cpu_s / result.answered * 1000 : cpu;
      const floorCpu = floor?.gateway?.cpu_s / floor?.answered * 1000;
      console.log([
        cell(chats, 5), ` ${name.padEnd(10)}`, cell(result.msgs_per_s, 10), cell(result.latency_ms?.p50, 8), cell(result.latency_ms?.p99, 8),
        cell(precise?.toFixed(2), 11), cell(result.gateway?.rss_max_mb, 7), cell(floor ? `${Math.round(result.msgs_per_s / floor.msgs_per_s * 100)}%` : null, 9),
        cell(floorCpu ? (precise / floorCpu).toFixed(2) : null, 13), cell(faults(result), 7), cell(result.other_processes_percent_of_one_core, 9),
      ].join(' '));
    }
  }
}
const bad = results.filter(faults);
for (const result of bad) {
  console.log(`${result.target} at ${result.chats} chats: lost ${result.lost}, duplicated ${result.duplicated}, wrong order ${result.wrong_order}, misrouted ${result.misrouted}`);
}
process.exit(bad.length ? 1 : 0);
