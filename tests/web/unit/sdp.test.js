// What is read of a session description.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candidatesIn, origin } from '../../../web/lib/sdp.js';

test('whose it is, and which of theirs', () => {
  assert.deepEqual(origin('v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\n'), { session: '4611', version: 2 });
  assert.deepEqual(origin('v=0\r\no=mozilla...THIS_IS_SDPARTA-99.0 77 0 IN IP4 0.0.0.0\r\n'), { session: '77', version: 0 });
  assert.equal(origin(undefined).session, '');
});

test('the candidates that had been found, each in its section', () => {
  const found = ['candidate:1 1 udp 2 10.0.0.1 9 typ host', 'candidate:2 1 udp 1 10.0.0.1 8 typ relay raddr 0.0.0.0 rport 0'];
  const sdp = `v=0\r\nm=audio 9 X 0\r\na=mid:0\r\na=${found[0]}\r\nm=video 9 X 0\r\na=mid:1\r\na=${found[1]}\r\na=end-of-candidates\r\n`;
  assert.deepEqual(candidatesIn(sdp), [{ candidate: found[0], sdpMLineIndex: 0 }, { candidate: found[1], sdpMLineIndex: 1 }]);
  assert.deepEqual(candidatesIn('v=0\r\n'), []);
  assert.deepEqual(candidatesIn(undefined), []);
});
