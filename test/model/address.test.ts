import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  canonicalAddress,
  canonicalHost,
  cidrComplaint,
  cidrOverlaps,
  formatCidr,
  isDnsName,
  isFqdn,
  parseCidr,
} from '../../src/model/address.js';

function overlaps(a: string, b: string): boolean {
  const [one, other] = [parseCidr(a), parseCidr(b)];
  assert.ok(one !== undefined && other !== undefined);
  return cidrOverlaps(one, other);
}

test('an address has one text, and an IPv4-mapped one is the IPv4 address', () => {
  assert.equal(canonicalAddress('2001:DB8:0:0:1:0:0:1'), '2001:db8::1:0:0:1');
  assert.equal(canonicalAddress('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(canonicalAddress('192.0.2.1'), '192.0.2.1');
});

test('what only some parsers take for an address is none', () => {
  for (const text of ['127.1', '0x7f.0.0.1', '192.0.2.01', '3221225985', 'fe80::1%eth0', '[::1]', '', '1.2.3.4.5']) {
    assert.equal(canonicalAddress(text), undefined, text);
    assert.equal(parseCidr(text), undefined, text);
  }
});

test('a DNS name has labels of letters, digits and hyphens, the last one beginning with a letter', () => {
  for (const name of ['localhost', 'a.example.com', 'xn--bcher-kva.example', '1.example', 'A.EXAMPLE']) {
    assert.ok(isDnsName(name), name);
  }
  for (const name of ['', '.', 'a.', '.a', 'a..b', '-a.b', 'a-.b', 'a_b.c', '192.0.2.300', 'a b', 'ä.example', 'a.1']) {
    assert.ok(!isDnsName(name), name);
  }
  assert.ok(!isDnsName(`${'a'.repeat(64)}.example`));
  assert.ok(!isDnsName(`${'a.'.repeat(127)}example`));
  assert.ok(isFqdn('example.com') && !isFqdn('localhost') && !isFqdn('192.0.2.1'));
});

test('a host is kept in lower case, and what is no host as it stands', () => {
  assert.equal(canonicalHost('CUCM.Example.com'), 'cucm.example.com');
  assert.equal(canonicalHost('2001:DB8::1'), '2001:db8::1');
  assert.equal(canonicalHost('Not A Host'), 'Not A Host');
});

test('a range tells what is wrong with it', () => {
  assert.equal(cidrComplaint('10.1.0.0/8'), 'it has bits to the right of the prefix; the range is 10.0.0.0/8');
  assert.equal(cidrComplaint('10.0.0.0/33'), 'its prefix length is not a number from 0 to 32');
  assert.equal(cidrComplaint('2001:db8::/129'), 'its prefix length is not a number from 0 to 128');
  for (const text of ['10.0.0.0/08', '10.0.0.0/', '10.0.0.0/ 8', '10.0.0.0/-1']) {
    assert.equal(cidrComplaint(text), 'its prefix length is not a number from 0 to 32', text);
  }
  assert.equal(cidrComplaint('10.0.0.0/8/8'), 'it is not an IP address with a prefix length');
});

test('ranges overlap when one holds the other, and never over address families', () => {
  assert.ok(overlaps('10.0.0.0/8', '10.255.255.255'));
  assert.ok(overlaps('0.0.0.0/0', '203.0.113.7'));
  assert.ok(overlaps('2001:db8::/33', '2001:db8:7fff::/48'));
  assert.ok(!overlaps('2001:db8::/33', '2001:db8:8000::/48'));
  assert.ok(!overlaps('198.51.100.0/25', '198.51.100.128/25'));
  assert.ok(!overlaps('0.0.0.0/0', '::/0'));
});

test('reading the text of a range gives the range back', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  const law = fc.property(bytes, fc.nat({ max: 128 }), (address, length) => {
    const whole = formatCidr({ bytes: [...address], prefixLength: address.length * 8 });
    fc.pre(!whole.startsWith('::ffff:'));
    const own = parseCidr(whole);
    assert.deepEqual(own?.bytes, [...address]);
    const text = `${whole.split('/')[0] ?? ''}/${Math.min(length, address.length * 8)}`;
    const named = /the range is (\S+)$/.exec(cidrComplaint(text) ?? '')?.[1] ?? text;
    const range = parseCidr(named);
    assert.ok(range !== undefined, named);
    assert.equal(formatCidr(range), named);
    assert.ok(cidrOverlaps(range, own), 'the range around an address holds it');
  });
  fc.assert(law, { numRuns: 300 });
});
