// Chat: what was sent, what was not, and that nothing of one visit is left for the next.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatLog, LONGEST_TEXT, length } from '../../../web/lib/chat-log.js';

const PEOPLE = [{ sid: 'h', person: 'practitioner', name: 'Dr Ada', role: 'practitioner', polite: true }];
const settled = () => new Promise((done) => setImmediate(done));

/** A log whose sending is answered by hand. */
function log() {
  const answers = [];
  const sent = [];
  const chat = new ChatLog({
    send: (text) => { sent.push(text); return new Promise((answer) => answers.push(answer)); },
    now: () => 1_000,
    onchange: () => { chat.changes = (chat.changes ?? 0) + 1; },
  });
  return { chat, sent, answers };
}

test('a message is there at once and sent once it is acknowledged', async () => {
  const { chat, sent, answers } = log();
  assert.equal(chat.say('  Hello\n'), true);
  assert.deepEqual(chat.lines.map(({ name, text, progress }) => [name, text, progress]), [[null, 'Hello', 'sending']]);
  assert.deepEqual(sent, ['Hello']);
  answers[0]({ type: 'ack' });
  await settled();
  assert.equal(chat.lines[0].progress, 'sent');
  assert.equal(chat.unread, 0, 'one\'s own are read');
});

test('what was refused is said to be not sent, and can be tried again', async () => {
  const { chat, sent, answers } = log();
  chat.say('Hello');
  answers[0]({ type: 'error', code: 'not_admitted' });
  await settled();
  assert.equal(chat.lines[0].progress, 'unsent');
  chat.again(chat.lines[0].id);
  assert.equal(chat.lines[0].progress, 'sending');
  chat.again(chat.lines[0].id);
  assert.equal(sent.length, 2, 'not while it is being sent');
  answers[1]({ type: 'ack' });
  await settled();
  assert.equal(chat.lines[0].progress, 'sent');
});

test('others\' messages have their names and wait to be read', () => {
  const { chat } = log();
  chat.receive({ type: 'chat', from: 'h', text: 'Hello', at: '2026-01-01T10:00:00Z' }, PEOPLE);
  chat.receive({ type: 'chat', from: 'x', text: 'Bye', at: '2026-01-01T10:00:01Z' }, PEOPLE);
  assert.deepEqual(chat.lines.map(({ name }) => name), ['Dr Ada', '']);
  assert.equal(chat.unread, 2);
  chat.read();
  assert.equal(chat.unread, 0);
  const before = chat.changes;
  chat.read();
  assert.equal(chat.changes, before);
});

test('nothing empty, nothing too long, no broken character', () => {
  const { chat, sent } = log();
  assert.equal(chat.say(' \n '), false);
  assert.equal(chat.say('x'.repeat(LONGEST_TEXT + 1)), false);
  assert.equal(chat.say('😀'.repeat(LONGEST_TEXT)), true, 'counted as the server counts');
  assert.equal(length('😀'), 1);
  chat.say('a\uD83D');
  assert.equal(sent[1], 'a\uFFFD');
});

test('a visit that is over leaves nothing, also where an answer comes late', async () => {
  const { chat, answers } = log();
  chat.say('Hello');
  chat.receive({ type: 'chat', from: 'h', text: 'Hello', at: '2026-01-01T10:00:00Z' }, PEOPLE);
  chat.clear();
  answers[0]({ type: 'ack' });
  await settled();
  assert.deepEqual([chat.lines, chat.unread], [[], 0]);
});
