import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FairleadError } from '../../../src/errors.js';
import { childOf, childTexts, readXml } from '../../../src/runtime/access/core/xml.js';

function isRefusal(error: unknown): boolean {
  return error instanceof FairleadError && error.code === 'access.upstream-malformed';
}

test('a document becomes a tree of local names', () => {
  const root = readXml(
    '<?xml version="1.0"?><u:result xmlns:u="urn:u" found="true" u:x="1">' +
      '<homeCluster serversUri="a&amp;b"> cucm </homeCluster><server/><server>a</server><server><![CDATA[<b>]]></server></u:result>',
  );
  assert.equal(root.name, 'result');
  assert.equal(root.attributes.get('found'), 'true');
  assert.equal(childOf(root, 'homeCluster')?.text, 'cucm');
  assert.equal(childOf(root, 'homeCluster')?.attributes.get('serversUri'), 'a&b');
  assert.deepEqual(childTexts(root, 'server'), ['a', '<b>']);
});

const refused: Readonly<Record<string, string>> = {
  empty: '',
  'plain text': 'hello',
  'cut off': '<a><b></b>',
  'a DOCTYPE': '<!DOCTYPE a><a/>',
  'an entity bomb': '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>',
  'an undeclared entity': '<a>&nbsp;</a>',
  'two roots': '<a/><b/>',
  'a wrong end tag': '<a></b>',
  'a processing instruction': '<?php echo ?><a/>',
  'an undeclared prefix': '<x:a/>',
  'a doubled attribute': '<a b="1" b="2"/>',
  'an unquoted attribute': '<a b=1/>',
  'too many levels': `${'<a>'.repeat(40)}${'</a>'.repeat(40)}`,
  'too many elements': `<a>${'<b/>'.repeat(20_001)}</a>`,
  'too many attributes': `<a ${Array.from({ length: 40 }, (_, index) => `b${index}="1"`).join(' ')}/>`,
  'too long': `<a>${'x'.repeat(1024 * 1024)}</a>`,
  'a control character': '<a>\u0001</a>',
};

for (const [name, text] of Object.entries(refused)) {
  test(`a document with or that is ${name} is refused`, () => {
    assert.throws(() => readXml(text), isRefusal);
  });
}

test('a document that is cut off anywhere is refused', () => {
  const whole = '<?xml version="1.0"?><a b="c"><d>e&amp;f</d><![CDATA[g]]><!-- h --></a>';
  readXml(whole);
  for (let length = 0; length < whole.length; length += 1)
    assert.throws(() => readXml(whole.slice(0, length)), isRefusal);
});

test('whatever it reads, the reader throws its own error only', () => {
  const pieces = fc.constantFrom(
    '<a>',
    '</a>',
    '<a b="',
    '"',
    '/>',
    '&amp;',
    '&#x0;',
    '&#',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?',
    '?>',
    'é',
    '\u0000',
    '<!D',
  );
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        readXml(text);
      } catch (error) {
        assert.ok(isRefusal(error), String(error));
      }
    }),
    { numRuns: 1000 },
  );
});
