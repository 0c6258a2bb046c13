import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonSchema } from '../../src/model/generated/schemas.js';
import { canonicalPem, pemComplaint } from '../../src/model/pem.js';

const certificate = commonSchema.$defs?.['certificates']?.examples?.map(String).join('') ?? '';

test('one or several certificates are accepted, whatever their line ends and the space around them', () => {
  for (const text of [certificate, `\n${certificate}\n\n${certificate}`, certificate.replaceAll('\n', '\r\n')]) {
    assert.equal(pemComplaint(text), undefined);
  }
  assert.equal(
    canonicalPem(`\n${certificate.replaceAll('\n', '\r\n')}\n\n${certificate}`),
    `${certificate}${certificate}`,
  );
});

test('what is not only certificates tells why', () => {
  assert.equal(pemComplaint('hello'), 'it holds no certificate');
  assert.equal(pemComplaint(`${certificate}hello`), 'it holds something beside certificates');
  assert.equal(
    pemComplaint(`${certificate}-----BEGIN EC PRIVATE KEY-----\nAA==\n-----END EC PRIVATE KEY-----\n`),
    'it holds a private key; take it out, and treat the key as disclosed',
  );
  const broken = certificate.replace('MIIB', 'AAAA');
  assert.equal(pemComplaint(`${certificate}${broken}`), 'its certificate 2 of 2 cannot be read');
});
