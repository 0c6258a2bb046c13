import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameAddrWithParameter, nameAddrWithUri, parseNameAddr } from '../../../src/runtime/sip/message/name-addr.js';
import { parseSipUri, type SipUri, sipUriEquals } from '../../../src/runtime/sip/message/sip-uri.js';
import { parseVia, viaWithSource } from '../../../src/runtime/sip/message/via.js';

function uri(text: string): SipUri {
  const parsed = parseSipUri(text);
  if (parsed === undefined) throw new Error(`${text} is no SIP URI`);
  return parsed;
}

function nameAddr(text: string) {
  const parsed = parseNameAddr(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
}

test('a URI is taken apart', () => {
  const parsed = uri('SIPS:al%69ce;day=1:pass@[2001:DB8::1]:5061;Transport=TLS;lr?subject=x&to=y');
  const { scheme, user, password, host, port, headers } = parsed;
  assert.deepEqual(
    { scheme, user, password, host, port, headers },
    {
      scheme: 'sips',
      user: 'al%69ce;day=1',
      password: 'pass',
      host: '2001:db8::1',
      port: 5061,
      headers: 'subject=x&to=y',
    },
  );
  assert.deepEqual(
    [parsed.params.get('transport'), parsed.params.get('lr'), parsed.params.has('x')],
    ['TLS', '', false],
  );
});

test('what is no SIP URI is refused', () => {
  for (const text of [
    '',
    'sip:',
    'tel:+1',
    'sip:@host',
    'sip:a@',
    'sip:a@b:',
    'sip:a@b:99999',
    'sip:a@b;',
    'sip:a@b c',
    'sip:a@[::1',
    'sip:a@[1.2.3.4]',
    'example.com',
  ])
    assert.equal(parseSipUri(text), undefined, text);
});

test('URIs are compared as the RFC says', () => {
  for (const [a, b] of [
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;newparam=5'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
  ] as const)
    assert.equal(sipUriEquals(uri(a), uri(b)), true, `${a} ${b}`);
  for (const [a, b] of [
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:bob@biloxi.com', 'sips:bob@biloxi.com'],
  ] as const)
    assert.equal(sipUriEquals(uri(a), uri(b)), false, `${a} ${b}`);
});

test('an address is taken apart, with and without brackets', () => {
  const full = nameAddr('"Ada \\"A\\" L" <sip:ada@example.com;x=1>;+sip.instance="<urn:uuid:1>";Tag = t1 ; q=0.5');
  assert.deepEqual([full.display, full.uri], ['Ada "A" L', 'sip:ada@example.com;x=1']);
  assert.deepEqual(
    ['+sip.instance', 'tag', 'q', 'x'].map((name) => full.params.get(name)),
    ['<urn:uuid:1>', 't1', '0.5', undefined],
  );
  const bare = nameAddr('sip:ada@example.com;tag=t2');
  assert.deepEqual([bare.uri, bare.params.get('tag')], ['sip:ada@example.com', 't2']);
  assert.equal(nameAddr('*').uri, '*');
});

test('an address is changed without harm to the rest of it', () => {
  const full = nameAddr('"A, B" <sip:a@b;x=1> ;Odd = "q" ;expires=60');
  assert.equal(nameAddrWithUri(full, 'sip:c@d'), '"A, B" <sip:c@d> ;Odd = "q" ;expires=60');
  assert.equal(nameAddrWithParameter(full, 'expires', '120'), '"A, B" <sip:a@b;x=1> ;Odd = "q" ;expires=120');
  assert.equal(nameAddrWithParameter(full, 'ob'), '"A, B" <sip:a@b;x=1> ;Odd = "q" ;expires=60;ob');
  assert.equal(nameAddrWithUri(nameAddr('sip:a@b;tag=1'), 'sip:c@d;lr'), '<sip:c@d;lr>;tag=1');
});

test('the source of a message is noted in its Via, whatever the sender claims', () => {
  for (const [sent, noted] of [
    ['SIP/2.0/TCP a;branch=b', 'SIP/2.0/TCP a;branch=b;received=192.0.2.1'],
    ['SIP/2.0/TCP a;rport;branch=b', 'SIP/2.0/TCP a;rport=9;branch=b;received=192.0.2.1'],
    ['SIP/2.0/TCP a;received=1.1.1.1;branch=b', 'SIP/2.0/TCP a;received=192.0.2.1;branch=b'],
    ['SIP/2.0/TCP a;received=1.1.1.1;x;rport=1', 'SIP/2.0/TCP a;received=192.0.2.1;x;rport=9'],
    ['SIP/2.0/TCP a;RPORT;x;Received=1.1.1.1', 'SIP/2.0/TCP a;rport=9;x;received=192.0.2.1'],
  ] as const) {
    const via = parseVia(sent);
    assert.ok(via !== undefined, sent);
    assert.equal(viaWithSource(via, '192.0.2.1', 9), noted);
  }
});
