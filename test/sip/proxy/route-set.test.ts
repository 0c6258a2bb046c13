import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultMessageLimits } from '../../../src/runtime/sip/message/message-limits.js';
import { parseSipMessage } from '../../../src/runtime/sip/message/parse-sip-message.js';
import type { SipMessage } from '../../../src/runtime/sip/message/sip-message.js';
import { takeOwnRoutes, topRoute, yieldToStrictRouter } from '../../../src/runtime/sip/proxy/route-set.js';
import { requestText } from '../peer.js';

function routed(uri: string, ...routes: readonly string[]): SipMessage {
  const headers = routes.map((route) => `Route: ${route}`);
  return parseSipMessage(requestText('BYE', { uri, headers }), defaultMessageLimits);
}

const isOwn = ({ host }: { readonly host: string }) => host === 'us.example.com';

test('own values go off the top, and the last one tells what we wrote when we stayed in the path', () => {
  const request = routed('sip:bob@far', '<sip:out@us.example.com;lr>, <sip:in@us.example.com;lr>', '<sip:next;lr>');
  assert.equal(takeOwnRoutes(request, isOwn)?.user, 'in');
  assert.deepEqual(request.values('route'), ['<sip:next;lr>']);
  assert.equal(topRoute(request)?.host, 'next');
});

test('an own value behind that of another proxy stays', () => {
  const request = routed('sip:bob@far', '<sip:next;lr>', '<sip:us.example.com;lr>');
  assert.equal(takeOwnRoutes(request, isOwn), undefined);
  assert.equal(request.values('route').length, 2);
});

test('what a strict router sent gets its Request-URI back from the last Route (RFC 3261 section 16.4)', () => {
  const request = routed('sip:flow@us.example.com;lr', '<sip:next;lr>', '<sip:bob@far>');
  assert.equal(takeOwnRoutes(request, isOwn)?.user, 'flow');
  assert.equal(request.requestUri, 'sip:bob@far');
  assert.deepEqual(request.values('route'), ['<sip:next;lr>']);
});

test('a Request-URI that only names our host is a target and no Route', () => {
  const request = routed('sip:bob@us.example.com', '<sip:us.example.com;lr>', '<sip:next;lr>');
  takeOwnRoutes(request, isOwn);
  assert.equal(request.requestUri, 'sip:bob@us.example.com');
  assert.deepEqual(request.values('route'), ['<sip:next;lr>']);
});

test('a loose router keeps Request-URI and Route as they are; a strict one gets them swapped', () => {
  const loose = routed('sip:bob@far', '<sip:next;lr>');
  const before = loose.toBytes();
  yieldToStrictRouter(loose);
  assert.deepEqual(loose.toBytes(), before);
  const strict = routed('sip:bob@far', '<sip:old>', '<sip:next;lr>');
  yieldToStrictRouter(strict);
  assert.equal(strict.requestUri, 'sip:old');
  assert.deepEqual(strict.values('route'), ['<sip:next;lr>', '<sip:bob@far>']);
});

test('a Route that is no URI changes nothing', () => {
  const request = routed('sip:bob@far', '<tel:123>', '"');
  const before = request.toBytes();
  assert.equal(takeOwnRoutes(request, isOwn), undefined);
  yieldToStrictRouter(request);
  assert.deepEqual(request.toBytes(), before);
});
