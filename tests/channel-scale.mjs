// What each channel has shown, from the results of its tests: the table of the README is written from them and checked against them, so that no
// channel claims what no test has shown.
//
//   node tests/channel-scale.mjs RESULTS            prints the table
//   node tests/channel-scale.mjs RESULTS --write    writes it into README.md and README.zh-CN.md
//   node tests/channel-scale.mjs RESULTS --check    fails where the README says something else
//
// A second table says what arrived of one conversation that is the same on all of them (*.talk.json, written by the channels' contract).
//
// bronze  receives and sends as the contract's core has it: in order, once, nothing lost, failures told
// silver  the whole contract; what the messenger has not got is left out, with the reason in the test results
// gold    silver, and proven against the real server or the vendor's published vectors, and by broken inputs
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = /\.Messaging\.Channels\.(\w+)\.(\w+)\.(\w+)/;
// In this process, for tests: no messenger, and no claim.
const inProcess = 'Loopback';
const absent = /not beside this repository|provision-servers/;
const [begin, end] = ['<!-- channel scale: written by tests/channel-scale.mjs -->', '<!-- end of the channel scale -->'];
const [talkBegin, talkEnd] = ['<!-- channel talk: written by tests/channel-scale.mjs -->', '<!-- end of the channel talk -->'];

const core = [
  'The_manifest_is_complete', 'What_somebody_says_reaches_the_gateway', 'Messages_of_a_chat_keep_their_order', 'What_was_not_stored_is_delivered_again',
  'A_restart_loses_nothing_and_repeats_nothing', 'A_message_is_shown_once_and_has_an_id', 'Any_text_can_be_shown', 'A_long_reply_is_shown_in_parts_and_in_order',
  'A_flood_limit_says_when_to_try_again', 'A_fault_of_the_messenger_is_tried_again_later', 'A_lost_answer_leaves_the_outcome_uncertain',
  'A_refusal_says_why_without_secrets', 'A_test_of_good_settings_passes', 'A_test_of_wrong_settings_says_how_to_mend_them',
];

/** Kinds of evidence beyond the contract, by how such tests are called. */
const kinds = {
  server: ({ type }) => /Server\w*Tests$/.test(type),
  vectors: ({ name }) => /vector|payload/i.test(name),
  fuzz: ({ name }) => /^Whatever_/.test(name),
};

/** @param tests Of CTRF: name, status, filePath, message. */
export function scale(tests) {
  const channels = new Map();
  for (const test of tests) {
    const [, channel, type, name] = folder.exec(test.name) ?? [];
    if (!channel || channel === inProcess) continue;
    if (!channels.has(channel)) channels.set(channel, { facts: new Map(), evidence: {} });
    const { facts, evidence } = channels.get(channel);
    if (/ChannelContract(\.\w+)?\.cs$/.test(test.filePath ?? '')) facts.set(name, worst(facts.get(name), test.status));
    for (const [kind, is] of Object.entries(kinds)) {
      if (!is({ type, name })) continue;
      const isAbsent = test.status === 'skipped' && absent.test(test.message ?? '');
      (evidence[kind] ??= []).push(isAbsent ? 'absent' : test.status);
    }
  }
  return [...channels].map(([channel, { facts, evidence }]) => row(channel, facts, evidence)).filter(Boolean).sort((a, b) => a.channel.localeCompare(b.channel));
}

// A fact counts when every way of the channel that can show it did: one skip among passes is what that way has not got.
function worst(known, status) {
  const order = ['failed', 'passed', 'skipped'];
  const own = status === 'pending' ? 'skipped' : order.includes(status) ? status : 'failed';
  return known === undefined ? own : order[Math.min(order.indexOf(known), order.indexOf(own))];
}

function row(channel, facts, evidence) {
  if (facts.size === 0) return null;
  const count = status => [...facts.values()].filter(one => one === status).length;
  const shown = kind => {
    const results = evidence[kind] ?? [];
    if (results.length === 0 || results.some(one => one === 'failed')) return 'no';
    return results.some(one => one === 'passed') ? 'yes' : results.some(one => one === 'absent') ? 'unknown' : 'no';
  };
  const proofs = { server: shown('server'), vectors: shown('vectors'), fuzz: shown('fuzz') };
  const isBronze = core.every(fact => facts.get(fact) === 'passed' || facts.get(fact) === 'skipped') && facts.get('What_somebody_says_reaches_the_gateway') === 'passed';
  const isSilver = isBronze && count('failed') === 0;
  const proven = proofs.server === 'yes' || proofs.vectors === 'yes' ? 'yes' : proofs.server === 'unknown' || proofs.vectors === 'unknown' ? 'unknown' : 'no';
  const isGold = !isSilver || proven === 'no' || proofs.fuzz === 'no' ? 'no' : proven === 'yes' && proofs.fuzz === 'yes' ? 'yes' : 'unknown';
  const level = isGold === 'yes' ? 'gold' : isGold === 'unknown' ? 'unknown' : isSilver ? 'silver' : isBronze ? 'bronze' : 'none';
  return { channel, level, passed: count('passed'), left: count('skipped'), failed: count('failed'), ...proofs };
}

const words = {
  en: {
    head: ['channel', 'level', 'facts shown', 'not in the messenger', 'real server', 'published vectors', 'broken inputs'],
    gold: 'gold', silver: 'silver', bronze: 'bronze', none: '–', yes: 'yes', no: '–', unknown: '?',
  },
  zh: {
    head: ['渠道', '等级', '已验证项', '平台不支持项', '真实服务器', '公开测试向量', '损坏输入'],
    gold: '金', silver: '银', bronze: '铜', none: '–', yes: '有', no: '–', unknown: '?',
  },
};

/** The table in a language. What this machine could not try keeps what the README says, given as cells by channel. */
export function table(rows, language, known = new Map()) {
  const say = words[language];
  const cells = one => [one.channel, say[one.level], String(one.passed), String(one.left), say[one.server], say[one.vectors], say[one.fuzz]];
  const lines = rows.map(one => cells(one).map((cell, at) => (cell === '?' ? known.get(one.channel)?.[at] ?? '–' : cell)));
  return [say.head, say.head.map(() => '---'), ...lines].map(line => `| ${line.join(' | ')} |`).join('\n');
}

const talkWords = {
  en: {
    head: ['channel', 'text', 'long Markdown', 'photo in', 'photo out', 'voice in', 'voice out', 'button', 'edit', 'group mention'],
    yes: 'yes', no: '–', numbered: 'by number', messages: count => (count === 1 ? 'one message' : `${count} messages`),
  },
  zh: {
    head: ['渠道', '文字', '长 Markdown', '收图片', '发图片', '收语音', '发语音', '按钮', '编辑', '群内提及'],
    yes: '有', no: '–', numbered: '按编号', messages: count => `${count} 条消息`,
  },
};
const steps = ['text', 'long', 'photoIn', 'photoOut', 'voiceIn', 'voiceOut', 'button', 'edit', 'group'];

/** What arrived of the one conversation, by channel. @param talks Of *.talk.json: channel, talk. Two ways of a channel are one line: the better of both. */
export function talkTable(talks, language) {
  const say = talkWords[language];
  const order = ['no', 'numbered', 'yes'];
  const channels = new Map();
  for (const { channel, talk } of talks) {
    const known = channels.get(channel);
    channels.set(channel, !known ? talk : Object.fromEntries(steps.map(step => [step, order.indexOf(talk[step]) > order.indexOf(known[step]) ? talk[step] : known[step]])));
  }
  const cell = (talk, step) => (step === 'long' ? say.messages(Number(talk.long)) : say[talk[step]]);
  const lines = [...channels].sort(([a], [b]) => a.localeCompare(b)).map(([channel, talk]) => [channel, ...steps.map(step => cell(talk, step))]);
  return [say.head, say.head.map(() => '---'), ...lines].map(line => `| ${line.join(' | ')} |`).join('\n');
}

function knownIn(text) {
  const lines = (text.split(begin)[1] ?? '').split(end)[0].split('\n').filter(line => line.startsWith('| '));
  return new Map(lines.map(line => line.slice(2, -2).split(' | ')).map(cells => [cells[0], cells]));
}

/** The text with what stands between two marks replaced. */
function put(file, text, [from, to], content) {
  const [before, rest] = text.split(from);
  const [, after] = (rest ?? '').split(to);
  if (after === undefined) throw new Error(`${file} has no place for it: ${from} … ${to}`);
  return `${before}${from}\n${content}\n${to}${after}`;
}

function main([results, mode]) {
  const read = end => readdirSync(results).filter(name => name.endsWith(end)).map(name => JSON.parse(readFileSync(join(results, name), 'utf8')));
  const rows = scale(read('.ctrf.json').flatMap(report => report.results.tests));
  const talks = read('.talk.json').filter(({ channel }) => channel !== inProcess);
  if (!mode) {
    console.log(`${table(rows, 'en')}\n\n${talkTable(talks, 'en')}`);
    return 0;
  }
  let wrong = 0;
  for (const [file, language] of [['README.md', 'en'], ['README.zh-CN.md', 'zh']]) {
    const text = readFileSync(join(root, file), 'utf8');
    const tables = [table(rows, language, knownIn(text)), talkTable(talks, language)];
    const should = put(file, put(file, text, [begin, end], tables[0]), [talkBegin, talkEnd], tables[1]);
    if (should === text) continue;
    if (mode === '--write') writeFileSync(join(root, file), should);
    else {
      wrong++;
      console.log(`${file} says of its channels what the tests did not show. They showed:\n${tables.join('\n\n')}\nWrite it with: node tests/channel-scale.mjs RESULTS --write`);
    }
  }
  return wrong;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main(process.argv.slice(2)) ? 1 : 0;
