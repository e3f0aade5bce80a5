#!/usr/bin/env node
// Opens chats one after another, one message each, and watches the product's resident memory: it must not grow with the number of
// people who once wrote. Prints a line every so many chats; exits 1 when the last half strays more than 5 % from its median.
//   node tests/bench/memory.mjs --app artifacts/app/Assistant.Web.dll [--chats 10000] [--port 18080]
import { parseArgs } from 'node:util';
import { Targets, options as common } from './harness.mjs';

const { values: options } = parseArgs({ options: { ...common, chats: { type: 'string', default: '10000' } } });
const chats = Number(options.chats);
const allowed = 0.05;
const every = Math.max(1, Math.round(chats / 40));

const bench = await new Targets(options).open('assistant');
const samples = [];
try {
  await bench.startGateway({ reset: true });
  const startedAt = performance.now();
  for (let chat = 1; chat <= chats; chat++) {
    bench.newChats();
    if (await bench.probe() === undefined) throw new Error(`Chat ${chat} was not answered.`);
    if (chat % every === 0) {
      bench.sampler.tick();
      samples.push({ chat, rss: bench.sampler.rss });
      console.log(`${String(chat).padStart(6)} chats  ${bench.sampler.rss.toFixed(0).padStart(4)} MB  ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
    }
  }
} finally {
  await bench.close();
}

const half = samples.filter(sample => sample.chat > chats / 2).map(sample => sample.rss);
const median = [...half].sort((a, b) => a - b)[half.length >> 1];
const strayed = Math.max(...half.map(rss => Math.abs(rss - median))) / median;
console.log(`Over the last half: median ${median.toFixed(0)} MB, at most ${(strayed * 100).toFixed(1)} % from it (allowed ${allowed * 100} %).`);
process.exit(strayed > allowed ? 1 : 0);
