import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatHttpUrl, parseHttpUrl } from '../../src/model/http-url.js';

test('a URL is read into scheme, host, port and path, with the default port of its scheme', () => {
  assert.deepEqual(parseHttpUrl('https://Updates.Example.com/jabber/a%c3%a4'), {
    scheme: 'https',
    host: 'updates.example.com',
    port: 443,
    path: '/jabber/a%C3%A4',
  });
  assert.deepEqual(parseHttpUrl('HTTP://[2001:DB8::1]:8080'), {
    scheme: 'http',
    host: '2001:db8::1',
    port: 8080,
    path: '',
  });
});

test('a URL that two parsers may read in two ways is refused', () => {
  const refused = [
    'https://user@a.example.com/',
    'https://a.example.com/?x',
    'https://a.example.com/#x',
    'https://a.example.com/a/../b',
    'https://a.example.com/a/%2e%2e/b',
    'https://a.example.com/a%2Fb',
    'https://a.example.com/a%5cb',
    'https://a.example.com/a\\b',
    'https://a.example.com/a%00',
    'https://a.example.com/a%zz',
    'https://a.example.com/ä',
    'https://a.example.com:0/',
    'https://a.example.com:65536/',
    'https://a.example.com:080/',
    'https://a_b.example.com/',
    'https://[1.2.3.4]/',
    'https://2001:db8::1/',
    'https:///a',
    'https:a.example.com',
    'ftp://a.example.com/',
    ' https://a.example.com/',
    'https://a.example.com/\n',
    '',
  ];
  for (const text of refused) assert.equal(parseHttpUrl(text), undefined, JSON.stringify(text));
});

test('reading the text of a URL gives the URL back', () => {
  const url = fc.record(
    {
      scheme: fc.constantFrom('http' as const, 'https' as const),
      host: fc.constantFrom('a.example.com', '192.0.2.1', '2001:db8::1'),
      port: fc.integer({ min: 1, max: 65_535 }),
      path: fc.constantFrom('', '/', '/a/b', '/%C3%A4'),
    },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(url, (one) => assert.deepEqual(parseHttpUrl(formatHttpUrl(one)), one)));
});

test('a long hostile URL is refused without being walked again and again', () => {
  assert.equal(parseHttpUrl(`https://${'a-'.repeat(500_000)}`), undefined);
  assert.equal(parseHttpUrl(`https://a.example.com/${'%'.repeat(1_000_000)}`), undefined);
});
