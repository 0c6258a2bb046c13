import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EdgeAddress } from '../../../src/runtime/sip/edge/edge-address.js';
import { defaultMessageLimits } from '../../../src/runtime/sip/message/message-limits.js';
import { parseSipMessage } from '../../../src/runtime/sip/message/parse-sip-message.js';
import { requestText } from '../peer.js';

const address = new EdgeAddress({
  node: 'edge1',
  publicName: 'edge1.example.com',
  tlsPort: () => 5061,
  tcpPort: () => 5070,
});

/** The host of the Route that the edge took for its own, and how many are left. */
function taken(route: string): readonly [string | undefined, number] {
  const message = parseSipMessage(requestText('INVITE', { headers: [`Route: ${route}`] }), defaultMessageLimits);
  return [address.takeOwnRoutes(message)?.host, message.values('route').length];
}

test('a Route with the name of the edge is its own, whatever the port', () => {
  assert.deepEqual(taken('<sip:EDGE1.example.com:5061;transport=tls;lr;core=core1>'), ['edge1.example.com', 0]);
  assert.deepEqual(taken('<sip:flow@edge1.example.com;lr>, <sip:core1@10.0.0.1;lr>'), ['edge1.example.com', 1]);
});

test('a Route with an address that leads to a port of the edge is its own: clients may know it by any', () => {
  assert.deepEqual(taken('<sip:203.0.113.9:5061;transport=tls;lr>'), ['203.0.113.9', 0]);
  assert.deepEqual(taken('<sip:203.0.113.9;transport=tls;lr>'), ['203.0.113.9', 0]);
  assert.deepEqual(taken('<sip:203.0.113.9:5070;lr>'), ['203.0.113.9', 0]);
});

test('a Route of somebody else stays', () => {
  for (const route of [
    '<sip:core1@10.0.0.1:5061;transport=tls;lr>',
    '<sip:203.0.113.9:5062;transport=tls;lr>',
    '<sip:203.0.113.9;lr>',
    '<sip:edge2.example.com:5061;transport=tls;lr>',
  ]) {
    assert.deepEqual(taken(route), [undefined, 1], route);
  }
});
