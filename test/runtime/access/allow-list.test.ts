import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalize } from '../../../src/model/normalize.js';
import type { AllowRuleResource } from '../../../src/model/generated/kinds.js';
import { newAllowList } from '../../../src/runtime/access/core/allow-list.js';

type Match = 'exact' | 'prefix';

function rule(url: string, match: Match, methods: readonly string[] = ['GET']): AllowRuleResource {
  const resource = normalize({ kind: 'AllowRule', metadata: { name: 'rule' }, spec: { url, match, methods } });
  assert.equal(resource.kind, 'AllowRule');
  return resource;
}

const server = { scheme: 'https', host: 'srv.example.net', port: 8443 } as const;

test('nothing is allowed by default', () => {
  assert.equal(newAllowList([]).allows('GET', server, '/'), false);
});

const table: readonly (readonly [string, Match, readonly string[], readonly string[]])[] = [
  ['https://srv.example.net:8443/a', 'exact', ['/a'], ['/a/', '/a/b', '/ab', '/A', '/']],
  ['https://srv.example.net:8443/a', 'prefix', ['/a', '/a/', '/a/b', '/a/b/c'], ['/ab', '/', '/A/b', '/b/a']],
  ['https://srv.example.net:8443/a/', 'prefix', ['/a/', '/a/b'], ['/a', '/ab']],
  ['https://srv.example.net:8443', 'prefix', ['/', '/a', '/a/b'], []],
  ['https://srv.example.net:8443/', 'prefix', ['/', '/a', '/a/b'], []],
  ['https://srv.example.net:8443', 'exact', ['/'], ['/a']],
  ['https://srv.example.net:8443/a%c3%a9', 'exact', ['/a%C3%A9', '/a%c3%a9'], ['/a%C3']],
];

for (const [url, match, covered, others] of table) {
  test(`${match} ${url} covers what it says`, () => {
    const list = newAllowList([rule(url, match)]);
    for (const path of covered) assert.equal(list.allows('GET', server, path), true, path);
    for (const path of others) assert.equal(list.allows('GET', server, path), false, path);
  });
}

test('scheme, host, port and method are compared exactly', () => {
  const list = newAllowList([rule('https://srv.example.net:8443/a', 'prefix', ['GET', 'PUT'])]);
  assert.equal(list.allows('PUT', server, '/a'), true);
  assert.equal(list.allows('HEAD', server, '/a'), false);
  assert.equal(list.allows('get', server, '/a'), false);
  assert.equal(list.allows('GET', { ...server, scheme: 'http' }, '/a'), false);
  assert.equal(list.allows('GET', { ...server, port: 443 }, '/a'), false);
  assert.equal(list.allows('GET', { ...server, host: 'srv.example.net.evil.example' }, '/a'), false);
  assert.equal(list.allows('GET', { ...server, host: 'rv.example.net' }, '/a'), false);
});

test('an address in brackets is the address without them', () => {
  const list = newAllowList([rule('http://[2001:db8::1]:6970/', 'prefix')]);
  assert.equal(list.allows('GET', { scheme: 'http', host: '2001:db8::1', port: 6970 }, '/x.cnf.xml'), true);
});

function naive(url: string, match: Match, path: string): boolean {
  const rulePath = new URL(url).pathname;
  if (path === rulePath) return true;
  return match === 'prefix' && path.startsWith(rulePath.endsWith('/') ? rulePath : `${rulePath}/`);
}

test('however many rules there are, a path is allowed when one of them alone allows it', () => {
  const paths = fc.array(fc.constantFrom('a', 'b', 'ab', ''), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
  const rules = fc.array(fc.tuple(paths, fc.constantFrom<Match>('exact', 'prefix')), { maxLength: 6 });
  fc.assert(
    fc.property(rules, paths, (declared, path) => {
      const urls = declared.map(([rulePath, match]) => [`https://srv.example.net:8443${rulePath}`, match] as const);
      const list = newAllowList(urls.map(([url, match]) => rule(url, match)));
      assert.equal(
        list.allows('GET', server, path),
        urls.some(([url, match]) => naive(url, match, path)),
      );
    }),
    { numRuns: 300 },
  );
});
