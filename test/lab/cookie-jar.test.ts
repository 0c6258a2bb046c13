import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CookieJar } from '../../src/lab/client/cookie-jar.js';

const edge = 'edge-1.lab.example';
const token = 'X-Auth=abc.def; Path=/; Max-Age=60; HttpOnly; Secure';

test('a cookie goes back to the host that set it, and to no other', () => {
  const jar = new CookieJar();
  jar.store(edge, token, 0);
  assert.equal(jar.headerFor(edge, '/any/path', 0), 'X-Auth=abc.def');
  assert.equal(jar.headerFor('edge-2.lab.example', '/any/path', 0), undefined);
  assert.equal(jar.headerFor('lab.example', '/any/path', 0), undefined);
});

test('a cookie goes to its path and below only', () => {
  const jar = new CookieJar();
  jar.store(edge, 'JSESSIONID=1; Path=/segment/cucm-uds', 0);
  assert.equal(jar.headerFor(edge, '/segment/cucm-uds/user', 0), 'JSESSIONID=1');
  assert.equal(jar.headerFor(edge, '/segment/cucm-udsx', 0), undefined);
  assert.equal(jar.headerFor(edge, '/', 0), undefined);
});

test('an expired cookie is not sent, a newer one replaces it, and Max-Age 0 removes it', () => {
  const jar = new CookieJar();
  jar.store(edge, token, 0);
  assert.equal(jar.headerFor(edge, '/', 59_999), 'X-Auth=abc.def');
  assert.equal(jar.headerFor(edge, '/', 60_000), undefined);
  jar.store(edge, 'X-Auth=new; HttpOnly; Secure', 60_000);
  assert.equal(jar.headerFor(edge, '/', 60_000), 'X-Auth=new');
  jar.store(edge, 'X-Auth=; Max-Age=0; HttpOnly; Secure', 60_000);
  assert.equal(jar.headerFor(edge, '/', 60_000), undefined);
});

test('a cookie for a whole domain, and a token that scripts or plain HTTP could see, are refused', () => {
  const jar = new CookieJar();
  assert.throws(() => jar.store(edge, 'X-Auth=a; Domain=lab.example; HttpOnly; Secure', 0), /not host-only/);
  assert.throws(() => jar.store(edge, 'X-Auth=a; HttpOnly', 0), /not Secure and HttpOnly/);
  assert.throws(() => jar.store(edge, 'X-Auth=a; Secure', 0), /not Secure and HttpOnly/);
  assert.throws(() => jar.store(edge, '=a; Secure', 0), /without a name/);
});
