// Every language says the same things, and pages say nothing that is not in a catalogue.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { CATALOGUES, chooseLocale, translator } from '../../../web/lib/i18n.js';

const WEB = new URL('../../../web/', import.meta.url).pathname;
const { en, ...others } = CATALOGUES;
const values = (words) => [...words.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const read = (extension) => files(extension).map((file) => readFileSync(WEB + file, 'utf8'));

/** Paths below web/. @param {string} extension */
function files(extension) {
  return readdirSync(WEB, { recursive: true }).filter((file) => file.endsWith(`.${extension}`));
}

test('every catalogue has the same keys with the same values', () => {
  for (const [language, catalogue] of Object.entries(others)) {
    assert.deepEqual(Object.keys(catalogue), Object.keys(en), language);
    for (const [key, words] of Object.entries(catalogue)) {
      assert.deepEqual(values(words), values(en[key]), `${language} ${key}`);
      assert.ok(words.trim().length > 0, `${language} ${key}`);
    }
  }
});

test('the English words in the HTML are those of the catalogue', () => {
  let found = 0;
  for (const html of read('html')) {
    for (const [, key, words] of html.matchAll(/data-t="([^"]+)">([^<]*)</g)) {
      assert.equal(words, en[key], key);
      found += 1;
    }
    for (const [tag, label] of html.matchAll(/<[^>]*\b(?:aria-label|alt|title|placeholder)="([^"]*)"[^>]*>/g)) {
      assert.equal(label, en[/data-label="([^"]+)"/.exec(tag)?.[1] ?? ''], tag);
    }
    const bare = html.replace(/<[a-z][^>]*data-t[^>]*>[^<]*/g, '').replace(/<[^>]*>/g, '').trim();
    assert.equal(bare, '', 'words in the HTML without data-t');
  }
  assert.ok(found > 10);
});

test('every key of a browser\'s advice, a device\'s failure or an end that the code can put together is there', () => {
  const refusal = readFileSync(`${WEB}ui/refusal.js`, 'utf8');
  const ends = [...refusal.matchAll(/^ {2}\w+: \['(\w+)', '\w+'\],$/gm)].map(([, words]) => words);
  assert.ok(ends.length > 15);
  const told = Object.keys(en).filter((key) => /^over\.\w+\.title$/.test(key)).map((key) => key.split('.')[1]);
  // `token_replaced` is a revoked link that was replaced, `problem` whatever has no words of its own.
  assert.deepEqual([...new Set([...ends, 'problem'])].sort(), told.sort());
  for (const words of told) assert.ok(`over.${words}.text` in en, words);
});

test('every key is used, and no other', () => {
  const used = read('js').join('\n') + read('html').join('\n');
  // Keys put together from a code: `over.${words}.title` and their like.
  const composed = [...used.matchAll(/`((?:[a-z]+\.)+)\$\{/g)].map(([, prefix]) => prefix);
  for (const key of Object.keys(en)) {
    const literal = used.split(`'${key}'`).length > 3 || used.includes(`data-t="${key}"`);
    assert.ok(literal || composed.some((prefix) => key.startsWith(prefix)), `${key} is not used`);
  }
});

test('the first language we have is chosen, English otherwise', () => {
  assert.equal(chooseLocale(['fr-FR', 'de-AT', 'en']), 'de-AT');
  assert.equal(chooseLocale(['fr']), 'en');
  assert.equal(translator('de-AT')('early.minutes', { minutes: 2, seconds: 3 }), '2 Min. 3 Sek.');
});

test('lib/ knows no DOM', () => {
  for (const file of files('js').filter((each) => each.startsWith('lib/'))) {
    const code = readFileSync(WEB + file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    assert.doesNotMatch(code, /\b(document|window)\.|HTML\w*Element|querySelector/, file);
  }
});
