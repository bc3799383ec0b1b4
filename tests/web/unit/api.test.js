// What the pages ask the server, and what they make of a refusal.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api, ApiProblem } from '../../../web/lib/api.js';
import { askCode, openByCode, openByDevice } from '../../../web/lib/calls/address.js';
import { cancelOwn, ownLink, sendCurrent } from '../../../web/lib/calls/link.js';
import { changePractitioner, changeType, resend } from '../../../web/lib/calls/staff.js';
import { allPages } from '../../../web/lib/pages.js';

/** A server that notes what it is asked and answers from a list. */
function server(...answers) {
  const asked = [];
  const fetcher = async (path, { method, headers, body }) => {
    await Promise.resolve();
    asked.push({ path, method, headers, body: body === undefined ? undefined : JSON.parse(body) });
    const { status = 200, content = {} } = answers.shift() ?? {};
    return { ok: status < 300, status, json: () => (content === null ? Promise.reject(new SyntaxError()) : Promise.resolve(content)) };
  };
  return { asked, fetcher };
}

test('the token is a header and never in a path; empty words of a query are left out', async () => {
  const { asked, fetcher } = server();
  await new Api('a.secret', fetcher).get('/v1/links', { usable: false, practitioner: '', from: '2026-11-24' });
  assert.equal(asked[0].path, '/v1/links?usable=false&from=2026-11-24');
  assert.equal(asked[0].headers.Authorization, 'Bearer a.secret');
  assert.equal('Content-Type' in asked[0].headers, false);
});

test('an address is asked for without any bearer', async () => {
  const { asked, fetcher } = server();
  const api = new Api('', fetcher);
  await askCode(api, 'Ab3_-xyz.p');
  await openByCode(api, 'Ab3_-xyz.p', '123456', true);
  await openByDevice(api, 'Ab3_-xyz.p', 'secret');
  assert.ok(asked.every(({ headers, path }) => !('Authorization' in headers) && !path.includes('Ab3')));
  assert.deepEqual(asked.map(({ body }) => body), [
    { address: 'Ab3_-xyz.p' }, { address: 'Ab3_-xyz.p', code: '123456', remember: true }, { address: 'Ab3_-xyz.p', device: 'secret' }]);
});

test('an old link asks for the current one in the body, not as a bearer, for it is none any more', async () => {
  const { asked, fetcher } = server();
  await sendCurrent(new Api('old.token', fetcher));
  assert.deepEqual(asked[0].body, { token: 'old.token' });
  assert.equal('Authorization' in asked[0].headers, false);
});

test('a refusal has its code and facts; without an answer it is unreachable', async () => {
  const refused = server({ status: 429, content: { code: 'rate_limited', retry_after: 30 } });
  await assert.rejects(sendCurrent(new Api('t', refused.fetcher)), (error) => error instanceof ApiProblem && error.code === 'rate_limited' && error.facts.retry_after === 30);
  const odd = server({ status: 502, content: null });
  await assert.rejects(ownLink(new Api('t', odd.fetcher)), { code: 'unreachable' });
  await assert.rejects(ownLink(new Api('t', () => Promise.reject(new TypeError('no network')))), { code: 'unreachable' });
});

test('an answer that was cut off on its way is none, and one without content is empty', async () => {
  const cut = server({ content: null }, { content: null });
  await assert.rejects(ownLink(new Api('t', cut.fetcher)), { code: 'unreachable' });
  await assert.rejects(sendCurrent(new Api('t', cut.fetcher)), { code: 'unreachable' });
  const half = () => Promise.resolve({ ok: true, status: 200, blob: () => Promise.reject(new TypeError('network error')) });
  await assert.rejects(new Api('t', half).file('/v1/link/qr'), { code: 'unreachable' });
  const { fetcher } = server({ status: 204, content: null });
  assert.deepEqual(await new Api('t', fetcher).delete('/v1/guests/g'), {});
});

test('a token that is not good for this page is told once to the page, other refusals are not', async () => {
  const told = [];
  const { fetcher } = server({ status: 401, content: { code: 'window_closed' } }, { status: 403, content: { code: 'forbidden' } }, { status: 409, content: { code: 'revoked' } });
  const api = new Api('t', fetcher, ({ code }) => told.push(code));
  for (let call = 0; call < 3; call += 1) await api.get('/v1/clinic').catch(() => {});
  assert.deepEqual(told, ['window_closed', 'forbidden']);
});

test('a patient need give no reason, and a second try has the same key', async () => {
  const { asked, fetcher } = server();
  const api = new Api('t', fetcher);
  await cancelOwn(api, 'a/1', '', 'k');
  await cancelOwn(api, 'a/1', 'ill', 'k');
  assert.deepEqual(asked.map(({ body }) => body), [{}, { reason: 'ill' }]);
  assert.equal(asked[0].path, '/v1/appointments/a%2F1/cancel');
  assert.equal(asked[1].headers['Idempotency-Key'], 'k');
  await resend(api, 'a', 'guest:kim', '', 'k');
  assert.deepEqual(asked[2].body, { person: 'guest:kim' });
});

test('a setting is read anew before it is changed, so that nothing else of it is', async () => {
  const { asked, fetcher } = server(
    { content: { id: 'dr', name: 'Dr A', video_enabled: false, external_ids: ['7'], email: null } }, {},
    { content: { id: 'v', name: 'Visit', video: true, minutes: 15, external_ids: ['X'] } }, {});
  await changePractitioner(new Api('t', fetcher), 'dr', { video_enabled: true });
  await changeType(new Api('t', fetcher), 'v', (now) => ({ external_ids: [...now.external_ids, 'Y'] }));
  assert.deepEqual(asked[1].body, { name: 'Dr A', video_enabled: true, external_ids: ['7'], email: null });
  assert.deepEqual(asked[3].body, { name: 'Visit', video: true, minutes: 15, external_ids: ['X', 'Y'] });
  assert.deepEqual(asked.map(({ method }) => method), ['GET', 'PUT', 'GET', 'PUT']);
});

test('pages are read until there are enough, or no more', async () => {
  const pages = { '': { items: [1, 2], next_cursor: 'b' }, b: { items: [3], next_cursor: 'c' }, c: { items: [4], next_cursor: null } };
  const ask = (cursor) => Promise.resolve(pages[cursor]);
  assert.deepEqual(await allPages(ask, () => true), { items: [1, 2, 3, 4], next_cursor: null });
  assert.deepEqual(await allPages(ask, (_soFar, count) => count < 2), { items: [1, 2, 3], next_cursor: 'c' });
  assert.deepEqual(await allPages(ask, (soFar) => !soFar.includes(2)), { items: [1, 2], next_cursor: 'b' });
});
