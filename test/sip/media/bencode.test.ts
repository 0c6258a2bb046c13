import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BencodeValue, decodeBencode, encodeBencode } from '../../../src/runtime/sip/media/bencode.js';

test('values are written as BEP 3 has them', () => {
  assert.equal(encodeBencode('spam'), '4:spam');
  assert.equal(encodeBencode(-3), 'i-3e');
  assert.equal(encodeBencode(['spam', 'eggs']), 'l4:spam4:eggse');
  assert.equal(encodeBencode({ spam: 'eggs', cow: 'moo' }), 'd3:cow3:moo4:spam4:eggse');
});

test('a question and an answer of the ng protocol', () => {
  assert.equal(encodeBencode({ command: 'ping' }), 'd7:command4:pinge');
  assert.deepEqual(decodeBencode('d6:result4:ponge'), { result: 'pong' });
  const refused = 'd12:error-reason20:Missing call-id here6:result5:errore';
  assert.deepEqual(decodeBencode(refused), { 'error-reason': 'Missing call-id here', result: 'error' });
});

test('what is not bencode is told apart', () => {
  const wrong = ['', 'x', 'i03e', 'i-0e', 'ie', 'i1', '5:spam', '-1:a', '04:spam', 'l', 'd3:cowe', 'di1e1:ae', '1:ab'];
  for (const text of wrong) assert.equal(decodeBencode(text), undefined, text);
  assert.equal(decodeBencode('l'.repeat(10_000)), undefined);
});

const value: fc.Arbitrary<BencodeValue> = fc.letrec<{ value: BencodeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.string({ unit: 'binary-ascii' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'binary-ascii' }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

test('whatever is written is read again', () => {
  fc.assert(
    fc.property(value, (one) => assert.deepEqual(decodeBencode(encodeBencode(one)), one)),
    { numRuns: 200 },
  );
});

test('no text makes the reader fail', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789ilde:-ab')) }),
      (text) => void decodeBencode(text),
    ),
    { numRuns: 500 },
  );
});
