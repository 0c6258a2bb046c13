import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import fc from 'fast-check';
import { BasicCredentials, readBasicCredentials } from '../../../src/runtime/access/basic-credentials.js';
import { scopeCookie, splitCookies } from '../../../src/runtime/access/cookies.js';
import { fieldsToPassOn } from '../../../src/runtime/access/fields.js';
import { canonicalUserId, subjectOf } from '../../../src/runtime/access/user-id.js';

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

function read(field: string): BasicCredentials {
  const credentials = readBasicCredentials(field, 'lab');
  assert.ok(credentials instanceof BasicCredentials, field);
  return credentials;
}

const names = fc
  .string({ unit: 'grapheme', minLength: 3, maxLength: 30 })
  .filter((name) => !/[:/\\\p{Cc}]/u.test(name));

test('credentials are read as they were written, with all bytes of the password', () => {
  fc.assert(
    fc.property(names, fc.uint8Array({ maxLength: 40 }), (name, password) => {
      const bytes = Buffer.concat([Buffer.from(`${name}:`), password]);
      const credentials = read(`Basic ${bytes.toString('base64')}`);
      assert.equal(credentials.username, name);
      assert.deepEqual(credentials.password, Buffer.from(password));
    }),
    { numRuns: 200 },
  );
});

test('only one spelling of credentials is read', () => {
  assert.equal(read(`basic ${encode('a:b')}`).username, 'a');
  assert.equal(read(`BASIC  ${encode('ab:c').replace('=', '')}`).username, 'ab');
  const malformed = [
    'Basic',
    'Basic ',
    'Basic @',
    `Basic ${encode('ab')}`,
    `Basic ${encode(':b')}`,
    'Basic YTpiZ===',
    'Basic YTpiYx==',
  ];
  const odd = [`Basic ${encode('..:b')}`, `Basic ${encode('a/b:c')}`, `Basic ${encode('a\n:c')}`, 'Basic /zpi'];
  for (const field of [...malformed, ...odd, `Basic ${encode(`a:${'b'.repeat(2000)}`)}`]) {
    assert.equal(readBasicCredentials(field, 'lab'), 'malformed', field);
  }
  assert.equal(readBasicCredentials('Bearer abc', 'lab'), 'other-scheme');
  assert.equal(readBasicCredentials(undefined, 'lab'), 'none');
});

test('credentials show nothing of themselves when they are printed', () => {
  const credentials = read(`Basic ${encode('ada:engine')}`);
  const shown = `${inspect(credentials)} ${JSON.stringify(credentials)}`;
  assert.ok(!/ada|engine|YWRh/.test(shown), shown);
});

test('a user id has one canonical text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
      const canonical = canonicalUserId(text);
      if (canonical === undefined) return;
      assert.equal(canonicalUserId(canonical), canonical);
      assert.equal(canonicalUserId(text.normalize('NFD')) ?? canonical, canonical);
    }),
    { numRuns: 300 },
  );
  assert.equal(canonicalUserId('ÅSA'), canonicalUserId('a\u030asa'));
  assert.equal(canonicalUserId('a'.repeat(129)), undefined);
});

test('the pseudonym of a user differs from cluster to cluster', () => {
  assert.match(subjectOf('lab', 'ada'), /^[\w-]{22}$/);
  assert.notEqual(subjectOf('lab', 'ada'), subjectOf('other', 'ada'));
  assert.notEqual(subjectOf('lab', 'ada'), subjectOf('lab', 'grace'));
});

test('the token is taken out of the cookies, and only it', () => {
  assert.deepEqual(splitCookies(undefined), { token: undefined, others: undefined });
  assert.deepEqual(splitCookies('a=b; X-Auth=t; c=d'), { token: 't', others: 'a=b; c=d' });
  assert.deepEqual(splitCookies('X-Auth=t; X-Auth=t'), { token: 't', others: undefined });
  assert.deepEqual(splitCookies('X-Auth=t; X-Auth=u'), { token: '', others: undefined });
  assert.deepEqual(splitCookies('X-Authentic=t;a=b'), { token: undefined, others: 'X-Authentic=t; a=b' });
});

test('a cookie stays where the server is', () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['a=b', 'a=b'],
    ['a=b; Path=/', 'a=b; Path=/seg/'],
    ['a=b; path=/x; DOMAIN=.example.com; Secure', 'a=b; Path=/seg/x; Secure'],
    ['a=b; Expires=Thu, 01 Jan 2026 00:00:00 GMT', 'a=b; Expires=Thu, 01 Jan 2026 00:00:00 GMT'],
    [' x-auth=t; Path=/', undefined],
  ];
  for (const [given, scoped] of table) assert.equal(scopeCookie(given, '/seg'), scoped, given);
});

test('fields of one hop, internal ones and those that Connection names are not passed on', () => {
  const raw = [
    'Host',
    'a',
    'X-A',
    '1',
    'Connection',
    'keep-alive, X-B',
    'X-B',
    '2',
    'x-FAIRLEAD-c',
    '3',
    'TE',
    'trailers',
    'X-A',
    '4',
  ];
  assert.deepEqual(fieldsToPassOn(raw, 'keep-alive, X-B', new Set()), ['x-a', '1', 'x-a', '4']);
  assert.deepEqual(fieldsToPassOn(raw, undefined, new Set(['x-a'])), ['x-b', '2']);
});
