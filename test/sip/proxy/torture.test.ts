import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SipMessage } from '../../../src/runtime/sip/message/sip-message.js';
import { readTortureCorpus } from '../message/torture-corpus.js';
import { ProxySite } from './proxy-site.js';

const answered: Readonly<Record<string, number>> = { unkscm: 416, novelsc: 416, bext01: 420, zeromf: 483 };
const responses = new Set(['unreason', 'noreason', 'bcast']);
const passing = readTortureCorpus().filter(({ treatment }) => treatment === 'passes');
const udp = { protocol: 'UDP' } as const;

/** Every field that a proxy has no business with, as it stands on the wire, and the body. The only Route is a strict router's, and swaps places. */
function untouched(message: Buffer): readonly string[] {
  const text = message.toString('latin1');
  const headEnd = text.indexOf('\r\n\r\n');
  const [, ...fields] = text.slice(0, headEnd).split(/\r\n(?![ \t])/);
  return [...fields.filter((field) => !/^(via|v|max-forwards|route)[ \t\r\n]*:/i.test(field)), text.slice(headEnd)];
}

function sent(name: string, bytes: Buffer): { readonly site: ProxySite; readonly forwarded: SipMessage | undefined } {
  const site = new ProxySite({ client: udp, server: udp });
  site.client.send(bytes);
  site.settle();
  const [method = ''] = bytes.toString('latin1').split(' ');
  const status = answered[name];
  if (status !== undefined) site.client.take(status);
  return { site, forwarded: status === undefined ? site.server.take(method) : undefined };
}

for (const { name, bytes } of passing.filter((message) => !responses.has(message.name)))
  test(`the torture request ${name} is ${answered[name] ?? 'forwarded, with every byte that is none of our business'}`, () => {
    const { site, forwarded } = sent(name, bytes);
    const first = name === 'dblreq' ? bytes.subarray(0, bytes.indexOf('\r\n\r\n') + 4) : bytes;
    if (forwarded !== undefined) {
      assert.deepEqual(untouched(forwarded.toBytes()), untouched(first));
      site.server.answer(forwarded, 488);
      site.settle();
      assert.equal(site.client.rest().at(-1), 488);
    }
    site.clock.advance(40_000);
    assert.deepEqual(site.open(), [0, 0]);
    assert.equal(site.engine.stats().failures, 0);
  });

test('torture responses belong to nothing here and are dropped', () => {
  const site = new ProxySite({ client: udp });
  for (const { bytes } of passing.filter(({ name }) => responses.has(name))) site.client.send(bytes);
  site.settle();
  assert.equal(site.engine.stats().strayResponses, responses.size);
  assert.equal(site.server.waiting, 0);
});
