// Links as mail gateways and people leave them: on every page, what is glued to a token falls away, and what is cut short is no token.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressIn, clinicIn } from '../../../web/lib/address.js';
import { takeToken } from '../../../web/lib/token.js';

const TOKEN = 'Ab3_-xyz.AQHx9_-kQm3Zt0pLcQ.u8_-3kQm3Zt0pLcQAb3xyzAQHx9kQm3Zt0pLcQ-_a8I';
const ADDRESS = 'Ab3_-xyz.kQm3Zt0_-cQ';
const OWN_ADDRESS = 'Ab3_-xyz.p';

/** Of all kinds: punctuation, brackets, quotes, white space, the invisible, what trackers and mail add. Written out, and as a browser or a gateway encodes it. */
const PLAIN = ['', '.', ')', ',', '>', ';', ':', '!', '?', ']', '}', '"', '\'', '’', '”', '»', '…', '*', '_', '~', '/', '\\', '|', ' ', '\t', '\r\n', '\u00a0', '\u200b',
  '\u00ad', '\ufeff', '\u2060', '\u200e', '&utm_source=x', '?fbclid=x', '&amp;x=1', '?utm_source=a#b', '#', '##', '=', '=20', '=\r\n', '<br>', '</a>', ' Bitte pünktlich.', '\nsent from my phone'];
const ENCODED = ['%20', '%22', '%3E', '%2E', '%2C', '%29', '%0D%0A', '%C2%A0', '%E2%80%8B', '%E2%80%A6', '%2520', '%E9', '%', '%2', '%E2%80'];
const GLUE = [...PLAIN, ...PLAIN.map(encodeURIComponent), ...PLAIN.map(encodeURIComponent).map(encodeURIComponent), ...ENCODED];
/** What stands between a page's path and the token. */
const SIGNS = ['#', '##', '#%23', '#/', '#%20', '#"', '#<', '#\u200b', '#token=', '%23', '%2523', '%252523', '/#', '/%23', '/', '?x=1#', '?utm_source=x#', '%23%23', '', '?#', '%3F%23', ';#', ')#'];

/** As a browser takes an address apart: what it never has in a part is encoded there. @param {string} address */
function parts(address) {
  const { pathname, search, hash } = new URL(address, 'https://visit.example.org');
  return { pathname, search, hash };
}

/** @param {{ pathname: string, search: string, hash: string }} location */
function opened(location, kept = '') {
  let [stays, shown] = [kept, ''];
  const storage = { getItem: () => stays, setItem: (_key, value) => { stays = value; } };
  const token = takeToken(location, { replaceState: (_state, _title, url) => { shown = url; } }, storage);
  return { token, shown, kept: stays };
}

/** Signs that could be the token's own, right behind it or on the next line: only the server can tell. @param {string} glue */
function couldGoOn(glue) {
  return /^(_|=|%3D|%253D)|sent/.test(glue);
}

for (const page of ['/j', '/p', '/s', '/b/@']) {
  test(`${page}: the token is taken out of whatever is around it, and out of the address`, () => {
    for (const sign of SIGNS.filter((each) => page !== '/b/@' || !/^[/;)]/.test(each) || each === '/#')) {
      for (const glue of GLUE) {
        const address = `${page}${sign}${TOKEN}${glue}`;
        assert.deepEqual(opened(parts(address), 'another'), { token: TOKEN, shown: page, kept: TOKEN }, address);
      }
    }
  });

  test(`${page}: a token that was cut short is none, whatever follows, and opens no visit of before`, () => {
    for (const cut of [TOKEN.slice(0, -1), TOKEN.slice(0, -5), TOKEN.slice(0, 40), TOKEN.slice(0, 20), TOKEN.slice(3), 'hello']) {
      for (const glue of GLUE.filter((each) => !couldGoOn(each))) {
        const address = `${page}#${cut}${glue}`;
        assert.deepEqual(opened(parts(address), 'another'), { token: '', shown: page, kept: '' }, address);
      }
    }
  });
}

test('a token written with percents, broken by a mail or with hyphens of a word processor is read', () => {
  const wrapped = [TOKEN.replaceAll('.', '%2E'), TOKEN.replaceAll('.', '%252E'), TOKEN.replaceAll('.', '=2E'), TOKEN.replaceAll('-', '\u2011'), `${TOKEN.slice(0, 30)}=${TOKEN.slice(30)}`,
    ...['=%0D%0A', '%0A', '%0D%0A%20%20', '%0A%3E%20', '%C2%AD', '\u200b'].map((gap) => `${TOKEN.slice(0, 30)}${gap}${TOKEN.slice(30)}`)];
  for (const each of wrapped) assert.equal(opened(parts(`/j#${each}`)).token, TOKEN, each);
});

test('without a token in the address the tab goes on with its own', () => {
  for (const address of ['/j', '/j/', '/j#', '/j?utm_source=x', '/J', '//j']) assert.equal(opened(parts(`https://visit.example.org${address}`), TOKEN).token, TOKEN, address);
  assert.equal(opened(parts('/j')).token, '');
});

test('so is the address of one’s visits', () => {
  for (const wanted of [ADDRESS, OWN_ADDRESS]) {
    for (const sign of SIGNS) {
      for (const glue of GLUE.filter((each) => !each.startsWith('\nsent'))) { // a browser drops the break: letters that follow are the address's own
        const address = `/a${sign}${wanted}${glue}`;
        assert.equal(addressIn(parts(address)), wanted, address);
      }
    }
  }
  for (const cut of [ADDRESS.slice(0, -1), ADDRESS.slice(0, 12), 'Ab3_-xyz.pQm3Zt', 'Ab3_-xyz.', 'hello', '']) assert.equal(addressIn(parts(`/a#${cut}`)), '', cut);
});

test('so is the clinic of a booking page; what may belong to an id stays', () => {
  for (const glue of GLUE.filter((each) => !/^(\.|_|~|%2E|\nsent)/.test(each))) {
    assert.equal(clinicIn(parts(`/b/sunrise-2${glue}`).pathname), 'sunrise-2', glue);
  }
  assert.equal(clinicIn('/b/north.side_1~'), 'north.side_1~');
  assert.equal(clinicIn('/b/'), '');
});
