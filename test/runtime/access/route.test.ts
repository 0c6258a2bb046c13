import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeSegment, encodeDomain, encodeTarget, type Target } from '../../../src/runtime/access/path-segment.js';
import { isClearPath } from '../../../src/runtime/access/request-path.js';
import { routeOf } from '../../../src/runtime/access/route.js';

const labels = fc.stringMatching(/^[a-z0-9]{1,10}$/);
const domains = fc.tuple(labels, labels, fc.constantFrom('com', 'example', 'org')).map((parts) => parts.join('.'));
const hosts = fc.oneof(domains, fc.ipV4(), fc.constantFrom('2001:db8::1', '::1'));
const targets: fc.Arbitrary<Target> = fc.record(
  {
    domain: domains,
    scheme: fc.constantFrom('http', 'https'),
    host: hosts,
    port: fc.integer({ min: 1, max: 65_535 }),
  },
  { noNullPrototype: true },
);

test('domains are spelled as in the vendor’s traces', () => {
  assert.equal(encodeDomain('tbtp.com'), 'dGJ0cC5jb20');
  assert.equal(encodeDomain('eu.chegg.com'), 'ZXUuY2hlZ2cuY29t');
  assert.deepEqual(decodeSegment('ZW50LXBhLmNvbQ'), { domain: 'ent-pa.com' });
});

test('what is encoded is decoded again', () => {
  fc.assert(
    fc.property(domains, targets, (domain, target) => {
      assert.deepEqual(decodeSegment(encodeDomain(domain)), { domain });
      assert.deepEqual(decodeSegment(encodeTarget(target)), { domain: target.domain, target });
    }),
    { numRuns: 200 },
  );
});

test('a segment has one spelling', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      const decoded = decodeSegment(text);
      if (decoded === undefined) return;
      assert.equal(Buffer.from(text, 'base64url').toString('base64url'), text);
    }),
    { numRuns: 300 },
  );
  for (const text of ['example.com/https/host/0', 'example.com/https/host/65536', 'example.com/https/host/08443']) {
    assert.equal(decodeSegment(Buffer.from(text).toString('base64url')), undefined, text);
  }
  const wrong = [
    'example.com/ftp/host/21',
    'example.com/https/host',
    'example.com/https/host/8443/more',
    'example.com/https/user@host/8443',
    'example.com/https/ho st/8443',
    'example.com/https/host/+8443',
    'example',
    '',
    'exa\u0000mple.com',
  ];
  for (const text of wrong) assert.equal(decodeSegment(Buffer.from(text).toString('base64url')), undefined, text);
});

test('requests are told apart by their path', () => {
  const domain = encodeDomain('example.com');
  const target = { domain: 'example.com', scheme: 'https', host: 'cucm.example.net', port: 8443 } as const;
  const segment = encodeTarget(target);
  const expected: readonly (readonly [string, object])[] = [
    [`/${domain}/get_edge_config`, { type: 'edge-config', domain: 'example.com', query: '' }],
    [`/${domain}/get_edge_config/`, { type: 'edge-config', domain: 'example.com', query: '' }],
    [
      `/${domain}/get_edge_config?service_name=_a`,
      { type: 'edge-config', domain: 'example.com', query: '?service_name=_a' },
    ],
    [`/${domain}/get_edge_sso?email=a`, { type: 'edge-sso', domain: 'example.com' }],
    [`/${domain}/other`, { type: 'unknown', domain: 'example.com' }],
    [`/${domain}`, { type: 'unknown', domain: 'example.com' }],
    [`/${segment}/a/b?c=d`, { type: 'forward', domain: 'example.com', target, segment, path: '/a/b', query: '?c=d' }],
    [`/${segment}`, { type: 'forward', domain: 'example.com', target, segment, path: '/', query: '' }],
    ['/', { type: 'malformed' }],
    ['/@@@/get_edge_config', { type: 'malformed' }],
    ['*', { type: 'malformed' }],
    [`https://edge.example.com/${domain}/get_edge_config`, { type: 'malformed' }],
    [`/${domain}/get_edge_config#fragment`, { type: 'malformed' }],
    [`//${domain}/get_edge_config`, { type: 'malformed' }],
  ];
  for (const [requestTarget, route] of expected) assert.deepEqual(routeOf(requestTarget), route, requestTarget);
});

test('a path that two servers could read differently is no path', () => {
  const unclear = [
    '/a/../b',
    '/a/./b',
    '/..',
    '/.',
    '/a/..;/b',
    '/a/..;x=y/b',
    '/a/.;/b',
    '/a/%2e%2e/b',
    '/a/%2E./b',
    '/a%2fb',
    '/a%5cb',
    '/a\\b',
    '/a%00',
    '/a%0d%0aX: y',
    '/a%252e',
    '/a/..%3b/b',
    '/a b',
    '/a%zz',
    '/a%2',
    'a',
    '',
    '/ä',
  ];
  for (const path of unclear) assert.equal(isClearPath(path), false, path);
  for (const path of [
    '/',
    '/a',
    '/a/',
    '/a//b',
    '/a;b=c/d',
    '/a.b',
    '/...',
    '/a..b',
    '/.well-known',
    '/a%20b',
    '/~a:1,2',
  ]) {
    assert.equal(isClearPath(path), true, path);
  }
});

test('no request target makes the router throw', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => {
      routeOf(text);
      routeOf(`/${text}`);
    }),
    { numRuns: 300 },
  );
});
