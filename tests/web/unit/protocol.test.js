// What the page does at each close is what PROTOCOL.md says, for every code in its table.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CONSEQUENCES, consequence } from '../../../web/lib/codes.js';

const protocol = readFileSync(new URL('../../../signalling/PROTOCOL.md', import.meta.url), 'utf8');
const closes = new Set([...protocol.matchAll(/^\| `[^|]+` \| (4\d{3})/gm)].map(([, code]) => Number(code)));

test('every close code of the document is known, and no other', () => {
  assert.deepEqual([...closes].sort(), Object.keys(CONSEQUENCES).map(Number).sort());
});

test('below 4500 there is another try, from 4500 on none', () => {
  for (const code of closes) assert.equal(consequence(code) === 'final', code >= 4500, String(code));
});

test('a broken network and an unknown code are tried again, a later final one is not', () => {
  for (const code of [1001, 1006, 1012, 4099]) assert.equal(consequence(code), 'again');
  assert.equal(consequence(4999), 'final');
});
