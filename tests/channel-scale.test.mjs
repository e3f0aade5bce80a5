import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scale, table, talkTable } from './channel-scale.mjs';

const core = [
  'The_manifest_is_complete', 'What_somebody_says_reaches_the_gateway', 'Messages_of_a_chat_keep_their_order', 'What_was_not_stored_is_delivered_again',
  'A_restart_loses_nothing_and_repeats_nothing', 'A_message_is_shown_once_and_has_an_id', 'Any_text_can_be_shown', 'A_long_reply_is_shown_in_parts_and_in_order',
  'A_flood_limit_says_when_to_try_again', 'A_fault_of_the_messenger_is_tried_again_later', 'A_lost_answer_leaves_the_outcome_uncertain',
  'A_refusal_says_why_without_secrets', 'A_test_of_good_settings_passes', 'A_test_of_wrong_settings_says_how_to_mend_them',
];
const fact = (channel, name, status = 'passed', type = `${channel}ContractTests`) => ({
  name: `Assistant.Infrastructure.Tests.Messaging.Channels.${channel}.${type}.${name}`, status, filePath: '/x/Contracts/ChannelContract.Receiving.cs',
});
const own = (channel, type, name, status = 'passed', message = '') => ({ ...fact(channel, name, status, type), filePath: `/x/${type}.cs`, message });
const whole = channel => [...core, 'A_redelivery_is_one_message'].map(name => fact(channel, name));
const levelOf = tests => scale(tests)[0].level;

test('the whole contract is silver, and gold with a real server or vectors and broken inputs', () => {
  const broken = own('Xmpp', 'XmppReaderTests', 'Whatever_is_sent_is_a_message_or_none');
  assert.equal(levelOf(whole('Xmpp')), 'silver');
  assert.equal(levelOf([...whole('Xmpp'), broken]), 'silver');
  assert.equal(levelOf([...whole('Xmpp'), broken, own('Xmpp', 'XmppServerTests', 'A_kill_loses_nothing')]), 'gold');
  assert.equal(levelOf([...whole('Xmpp'), broken, own('Xmpp', 'XmppProofTests', 'Every_vector_holds')]), 'gold');
});

test('a failure takes the level away', () => {
  assert.equal(levelOf([...whole('Irc').slice(0, -1), fact('Irc', 'A_redelivery_is_one_message', 'failed')]), 'bronze');
  assert.equal(levelOf(whole('Irc').map((one, at) => (at === 2 ? { ...one, status: 'failed' } : one))), 'none');
  assert.equal(levelOf([...whole('Irc'), own('Irc', 'IrcServerTests', 'A', 'failed'), own('Irc', 'IrcServerTests', 'B'), own('Irc', 'T', 'Whatever_x')]), 'silver');
});

test('what is missing from the results is not shown', () => {
  assert.equal(levelOf(whole('Irc').slice(1)), 'none');
  assert.deepEqual(scale([own('Irc', 'IrcServerTests', 'A')]), []);
});

test('what this machine has not got keeps what the README says', () => {
  const rows = scale([...whole('Slack'), own('Slack', 'SlackProofTests', 'Every_vector_holds', 'skipped', 'The test vectors are not beside this repository.'), own('Slack', 'T', 'Whatever_x')]);
  assert.equal(rows[0].level, 'unknown');
  const known = new Map([['Slack', ['Slack', 'gold', '1', '0', '–', 'yes', 'yes']]]);
  assert.match(table(rows, 'en', known), /\| Slack \| gold \| 15 \| 0 \| – \| yes \| yes \|/);
  assert.match(table(rows, 'en'), /\| Slack \| – \|/);
});

test('two ways of one channel are judged together', () => {
  const rows = scale([...whole('Telegram'), fact('Telegram', 'A_redelivery_is_one_message', 'skipped', 'TelegramPollingContractTests')]);
  assert.deepEqual([rows[0].passed, rows[0].left], [15, 0]);
});

test('of the one conversation two ways of a channel are one line, the better of both', () => {
  const talk = { text: 'yes', long: '2', photoIn: 'no', photoOut: 'yes', voiceIn: 'yes', voiceOut: 'no', button: 'numbered', edit: 'no', group: 'yes' };
  const shown = talkTable([{ channel: 'Slack', talk }, { channel: 'Slack', talk: { ...talk, button: 'yes' } }, { channel: 'IRC', talk: { ...talk, long: '1' } }], 'en');
  assert.deepEqual(shown.split('\n').slice(2), ['| IRC | yes | one message | – | yes | yes | – | by number | – | yes |', '| Slack | yes | 2 messages | – | yes | yes | – | yes | – | yes |']);
});
