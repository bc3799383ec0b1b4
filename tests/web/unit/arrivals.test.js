// Who is new in the queue, and who only changed devices.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arrivals } from '../../../web/lib/arrivals.js';

const waiter = (sid, person = 'patient', room = 'a') => ({ sid, person, room, name: person });
const names = (waiters) => waiters.map(({ sid }) => sid);

test('somebody is new once, until they have left', () => {
  const arrivals = new Arrivals();
  assert.deepEqual(names(arrivals.look([waiter('1')])), ['1']);
  assert.deepEqual(names(arrivals.look([waiter('1'), waiter('2', 'guest:mum')])), ['2']);
  assert.deepEqual(arrivals.look([waiter('2', 'guest:mum')]), []);
  assert.deepEqual(names(arrivals.look([waiter('3'), waiter('2', 'guest:mum')])), ['3'], 'who left came again');
});

test('a new device is no arrival, the same role in another room is', () => {
  const arrivals = new Arrivals();
  arrivals.look([waiter('1')]);
  assert.deepEqual(arrivals.look([waiter('9')]), []);
  assert.deepEqual(names(arrivals.look([waiter('9'), waiter('2', 'patient', 'b')])), ['2']);
});
