import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bindingError,
  bindingRequest,
  bindingSuccess,
  isStun,
  parseStun,
  type StunMessage,
} from '../../../src/runtime/sip/stun/stun-message.js';

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
}

/** RFC 5769 section 2.1: a request of ICE with SOFTWARE, PRIORITY, ICE-CONTROLLED, USERNAME, integrity and fingerprint. */
const sampleRequest = bytesOf(`
  00 01 00 58 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
  80 22 00 10 53 54 55 4e 20 74 65 73 74 20 63 6c 69 65 6e 74
  00 24 00 04 6e 00 01 ff
  80 29 00 08 93 2f f9 b1 51 26 3b 36
  00 06 00 09 65 76 74 6a 3a 68 36 76 59 20 20 20
  00 08 00 14 9a ea a7 0c bf d8 cb 56 78 1e f2 b5 b2 d3 f2 49 c1 b5 71 a2
  80 28 00 04 e5 7a 3b cf`);

/** RFC 5769 section 2.2: its answer, 192.0.2.1 port 32853. */
const sampleIpv4Response = bytesOf(`
  01 01 00 3c 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
  80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20
  00 20 00 08 00 01 a1 47 e1 12 a6 43
  00 08 00 14 2b 91 f5 99 fd 9e 90 c3 8c 74 89 f9 2a f9 ba 53 f0 6b e7 d7
  80 28 00 04 c0 7d 4c 96`);

/** RFC 5769 section 2.3: the same over IPv6, 2001:db8:1234:5678:11:2233:4455:6677. */
const sampleIpv6Response = bytesOf(`
  01 01 00 48 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
  80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20
  00 20 00 14 00 02 a1 47 01 13 a9 fa a5 d3 f1 79 bc 25 f4 b5 be d2 b9 d9
  00 08 00 14 a3 82 95 4e 4b e6 7b f1 17 84 c9 7c 82 92 c2 75 bf e3 ed 41
  80 28 00 04 c8 fb 0b 4c`);

const plainRequest = bytesOf('00 01 00 00 21 12 a4 42 00 01 02 03 04 05 06 07 08 09 0a 0b');

function parsed(bytes: Buffer): StunMessage {
  const message = parseStun(bytes);
  if (message === undefined) throw new Error('the message was refused');
  return message;
}

test('the sample request of RFC 5769 is read, and what it requires beyond us is named', () => {
  const request = parsed(sampleRequest);
  assert.equal(request.class, 'request');
  assert.equal(request.method, 1);
  assert.equal(request.transactionId.toString('hex'), 'b7e7a701bc34d686fa87dfae');
  assert.equal(request.hasFingerprint, true);
  assert.deepEqual(request.unknownRequired, [0x0024]);
});

test('the sample answers of RFC 5769 give the mapped addresses', () => {
  assert.deepEqual(parsed(sampleIpv4Response).mappedAddress, { address: '192.0.2.1', port: 32853 });
  assert.deepEqual(parsed(sampleIpv6Response).mappedAddress, {
    address: '2001:db8:1234:5678:11:2233:4455:6677',
    port: 32853,
  });
});

test('a keepalive request is twenty bytes', () => {
  assert.deepEqual(bindingRequest(bytesOf('000102030405060708090a0b')), plainRequest);
  const one = bindingRequest();
  assert.equal(isStun(one), true);
  assert.notDeepEqual(one, bindingRequest(), 'transaction ids are random');
});

test('a success carries the address in the bytes that the RFC prescribes', () => {
  const id = bytesOf('b7e7a701bc34d686fa87dfae');
  const request = parsed(bindingRequest(id));
  assert.deepEqual(
    bindingSuccess(request, '192.0.2.1', 32853),
    bytesOf('0101000c2112a442b7e7a701bc34d686fa87dfae 00200008 0001a147e112a643'),
  );
  assert.deepEqual(
    bindingSuccess(request, '2001:db8:1234:5678:11:2233:4455:6677', 32853),
    bytesOf('010100182112a442b7e7a701bc34d686fa87dfae 00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9'),
  );
});

test('an IPv4 address in IPv6 clothes is told as IPv4', () => {
  const request = parsed(plainRequest);
  assert.deepEqual(bindingSuccess(request, '::ffff:192.0.2.1', 9), bindingSuccess(request, '192.0.2.1', 9));
});

test('an error carries code and reason, padded', () => {
  assert.deepEqual(
    bindingError(parsed(plainRequest), 500, 'Dead.'),
    bytesOf('01110010 2112a442 000102030405060708090a0b 00090009 00000500 44656164 2e000000'),
  );
});

test('a 420 lists the attributes that were not understood', () => {
  const answer = bindingError(parsed(sampleRequest), 420, 'Unknown Attribute');
  assert.equal(parsed(answer).errorCode, 420);
  assert.match(answer.toString('hex'), /000a000200240000/);
});

test('an answer to a request with a fingerprint has a right one', () => {
  for (const answer of [
    bindingSuccess(parsed(sampleRequest), '192.0.2.1', 1),
    bindingError(parsed(sampleRequest), 503, 'Path Down'),
  ]) {
    assert.equal(parsed(answer).hasFingerprint, true);
    const harmed = Buffer.from(answer);
    harmed[harmed.length - 1] = (harmed.at(-1) ?? 0) ^ 1;
    assert.equal(parseStun(harmed), undefined);
  }
});

test('what does not fit its lengths is no STUN message', () => {
  const refused = {
    'one byte short': plainRequest.subarray(0, 19),
    'one byte more': Buffer.concat([plainRequest, Buffer.alloc(1)]),
    'another cookie': bytesOf('00010000 2112a443 000102030405060708090a0b'),
    'a first bit that is set': bytesOf('80010000 2112a442 000102030405060708090a0b'),
    'a length that is no multiple of four': bytesOf('00010002 2112a442 000102030405060708090a0b 0000'),
    'an attribute longer than the message': bytesOf('00010004 2112a442 000102030405060708090a0b 80220001'),
    'an attribute behind the fingerprint': Buffer.concat([
      bytesOf('00010060'),
      sampleRequest.subarray(4),
      bytesOf('80220004 61626364'),
    ]),
    SIP: Buffer.from('OPTIONS sip:a@b SIP/2.0\r\n\r\n'),
  };
  for (const [name, bytes] of Object.entries(refused)) assert.equal(parseStun(bytes), undefined, name);
});

test('what is no address cannot be told', () => {
  for (const address of ['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '1..2.3', 'a.b.c.d', 'example.com', ':::'])
    assert.throws(() => bindingSuccess(parsed(plainRequest), address, 1), RangeError, address);
});

test('every address and port is read as it was told', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(
      address,
      fc.integer({ min: 0, max: 65_535 }),
      fc.uint8Array({ minLength: 12, maxLength: 12 }),
      (told, port, id) => {
        const mapped = parsed(bindingSuccess(parsed(bindingRequest(Buffer.from(id))), told, port)).mappedAddress;
        const canonical = new URL(told.includes(':') ? `http://[${told}]` : `http://${told}`).hostname.replaceAll(
          /[[\]]/g,
          '',
        );
        const expected = canonical.startsWith('::ffff:') ? mapped?.address : canonical;
        assert.deepEqual(mapped, { address: expected, port });
      },
    ),
    { numRuns: 200, seed: 8489 },
  );
});

test('random bytes behind a right header are read or refused, never more', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (attributes) => {
      const length = attributes.length & ~3;
      const message = Buffer.concat([plainRequest, attributes.subarray(0, length)]);
      message.writeUInt16BE(length, 2);
      const result = parseStun(message);
      assert.ok(result === undefined || result.class === 'request', 'the class is of the header');
    }),
    { numRuns: 500, seed: 8489 },
  );
});
