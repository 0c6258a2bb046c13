import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeGrant, grantName } from '../../../src/runtime/grants/device-grant.js';
import { newGrantBook } from '../../../src/runtime/grants/grant-book.js';
import { type GrantNews, newGrantDesk } from '../../../src/runtime/grants/grant-desk.js';
import { openGrant } from '../../../src/runtime/grants/grant-keys.js';
import { readStatementSigner, readStatementVerifier } from '../../../src/runtime/statement-keys.js';
import { FakeClock } from '../../fake-clock.js';
import { labCertificates } from '../access/access-kit.js';

const paths = await labCertificates();
const keys = readStatementVerifier(paths.tokenVerificationKeys);
const ada = Buffer.alloc(16, 1).toString('base64url');
const bob = Buffer.alloc(16, 2).toString('base64url');
const hourMs = 3_600_000;

function newScene() {
  const clock = new FakeClock();
  const desk = newGrantDesk(readStatementSigner(paths.tokenSigningKey('core1')), clock);
  const news: GrantNews[] = [];
  desk.onNews((one) => news.push(one));
  return { clock, desk, book: newGrantBook(keys, clock), news };
}

test('an edge finds the grant of a device that a core issued, whatever the case of its name', () => {
  const { clock, desk, book } = newScene();
  desk.issue(ada, ['CSFADA', 'ada'], clock.nowMs() + hourMs);
  for (const grant of desk.all()) assert.equal(book.put(grant), true);
  const found = book.find('csfAda');
  assert.equal(found, desk.all()[0]);
  assert.deepEqual(openGrant(found ?? '', keys, clock.nowMs())?.names, ['csfada', 'ada']);
  assert.equal(book.find('CSFBOB'), undefined);
});

test('a grant ends with its time, and is revoked with its user', () => {
  const { clock, desk, book } = newScene();
  desk.issue(ada, ['CSFADA'], clock.nowMs() + hourMs);
  desk.issue(bob, ['CSFBOB'], clock.nowMs() + hourMs);
  for (const grant of desk.all()) book.put(grant);
  desk.revoke(bob);
  book.revoke(bob);
  assert.equal(book.find('CSFBOB'), undefined);
  assert.equal(desk.all().length, 1);
  const [grant = ''] = desk.all();
  clock.advance(hourMs);
  assert.equal(book.find('CSFADA'), undefined);
  assert.equal(openGrant(grant, keys, clock.nowMs()), undefined);
  assert.deepEqual(desk.all(), []);
});

test('the same word of a UC server is granted once, and a device that is gone from the user is no longer granted', () => {
  const { clock, desk, book, news } = newScene();
  const untilMs = clock.nowMs() + hourMs;
  desk.issue(ada, ['CSFADA', 'SEP001122334455'], untilMs);
  desk.issue(ada, ['CSFADA', 'SEP001122334455'], untilMs);
  assert.equal(news.length, 1);
  for (const grant of desk.all()) book.put(grant);
  clock.advance(1000);
  desk.issue(ada, ['CSFADA'], untilMs);
  for (const grant of desk.all()) book.put(grant);
  assert.equal(book.find('SEP001122334455'), undefined);
  assert.notEqual(book.find('CSFADA'), undefined);
});

test('what no core signed admits nobody', () => {
  const { clock, desk, book } = newScene();
  desk.issue(ada, ['CSFADA'], clock.nowMs() + hourMs);
  const bytes = Buffer.from(desk.all()[0] ?? '', 'base64url');
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const forged = Buffer.from(bytes);
      forged.writeUInt8(forged.readUInt8(at) ^ mask, at);
      assert.equal(book.put(forged.toString('base64url')), false);
    }),
    { numRuns: 200, seed: 3 },
  );
  assert.equal(book.size, 0);
});

test('any text is either a grant or none, and never an exception', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
      assert.equal(decodeGrant(text), undefined);
    }),
  );
});

test('a name that is no name is left out of a grant', () => {
  assert.equal(grantName(''), undefined);
  assert.equal(grantName('a\r\nb'), undefined);
  assert.equal(grantName('x'.repeat(129)), undefined);
  assert.equal(grantName('SEP001122334455'), 'sep001122334455');
});
