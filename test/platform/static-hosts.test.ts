import assert from 'node:assert/strict';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { test } from 'node:test';
import { FairleadError } from '../../src/errors.js';
import { newStaticHosts, staticLookup } from '../../src/platform/static-hosts.js';

function resolve(name: string, options: LookupOptions): Promise<string | LookupAddress[]> {
  const lookup = staticLookup(newStaticHosts({ 'CUCM1.lab.example': '127.0.0.9', six: '::1' }));
  return new Promise((done, failed) => {
    lookup(name, options, (error, address) => {
      if (error === null) done(address);
      else failed(error);
    });
  });
}

test('a static name is found whatever its case and final dot', async () => {
  assert.equal(await resolve('cucm1.LAB.example.', {}), '127.0.0.9');
});

test('all addresses of a static name come with their family', async () => {
  assert.deepEqual(await resolve('cucm1.lab.example', { all: true }), [{ address: '127.0.0.9', family: 4 }]);
  assert.deepEqual(await resolve('six', { all: true }), [{ address: '::1', family: 6 }]);
});

test('a name that is not static is asked of the system', async () => {
  assert.equal(await resolve('localhost', { family: 4 }), '127.0.0.1');
});

test('every value that is not an address is named', () => {
  assert.throws(
    () => newStaticHosts({ a: '127.0.0.1', b: 'localhost', c: '300.0.0.1' }),
    (error) =>
      error instanceof FairleadError &&
      error.code === 'node.config' &&
      error.details.map(({ place }) => place).join() === 'hosts.b,hosts.c',
  );
});
