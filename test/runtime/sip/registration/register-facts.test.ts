import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultMessageLimits } from '../../../../src/runtime/sip/message/message-limits.js';
import { newResponse } from '../../../../src/runtime/sip/message/new-message.js';
import { parseSipMessage } from '../../../../src/runtime/sip/message/parse-sip-message.js';
import { grantedSeconds, limitExpires, readRegister } from '../../../../src/runtime/sip/registration/register-facts.js';
import { clientRequest, contactOf, type RequestParts } from '../raw-peer.js';

const own = contactOf('CSFADA');

function registerOf(parts: RequestParts) {
  const request = parseSipMessage(Buffer.from(clientRequest('REGISTER', parts)), defaultMessageLimits);
  const facts = readRegister(request);
  assert.ok(facts, 'it can be read');
  return { request, facts };
}

/** Seconds that a 200 with these fields grants. */
function granted(parts: RequestParts, headers: readonly (readonly [string, string])[]): number {
  const { request, facts } = registerOf(parts);
  return grantedSeconds(newResponse(request, 200, { headers }), facts);
}

test('a 200 grants what it lists for the device, and what its Expires says when it lists nothing', () => {
  const parts = { contacts: [own], headers: ['Expires: 600'] };
  assert.equal(granted(parts, [['contact', `${own};expires=90`]]), 90);
  assert.equal(granted(parts, [['expires', '120']]), 120);
  assert.equal(granted(parts, []), 0);
  assert.equal(granted(parts, [['contact', '<sip:ada@10.0.0.9>;expires=60']]), 60, 'written in another way');
  assert.equal(granted(parts, [['contact', `${contactOf('CSFBOB', 'sip:b@10.0.0.9')};expires=60`]]), 0, 'of another');
});

test('no REGISTER asks for longer than the limit, wherever it says for how long', () => {
  const old = '<sip:ada@192.0.2.7>;expires=0';
  const { request, facts } = registerOf({ contacts: [`${own};expires=99999`, old], headers: ['Expires: 88888'] });
  limitExpires(request, facts.contact, 3600);
  assert.deepEqual(request.values('contact'), [`${own};expires=3600`, old]);
  assert.equal(request.first('expires'), '3600');
});

test('a user part counts by what it means, and not by how it is written', () => {
  const { facts } = registerOf({ from: 'sip:%61d%C3%A4@lab.example', contacts: ['<sip:a@192.0.2.7>'] });
  assert.deepEqual([facts.device, facts.user], ['adä', 'adä']);
});
