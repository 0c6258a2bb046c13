import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterEach, beforeEach, test } from 'node:test';
import { encodeDomain } from '../../../src/runtime/access/path-segment.js';
import { FakeClock } from '../../fake-clock.js';
import { domain, type LinkedEstate, labCertificates, snapshotOf, startEstate } from './access-kit.js';
import { exchangeRaw, getsToTls, openRaw, statusesIn } from './raw-client.js';

const paths = await labCertificates();
const served = { kind: 'Domain', name: domain, spec: {} } as const;
const noRate = { connectionRate: { mode: 'off' } } as const;
const path = `/${encodeDomain(domain)}/get_edge_sso`;
const clock = new FakeClock();
let estate: LinkedEstate;

async function useTransport(spec: object): Promise<void> {
  await estate.apply(snapshotOf(served, { kind: 'HttpTransport', spec: { ...noRate, ...spec } }));
}

beforeEach(async () => {
  estate = await startEstate({ paths, clock });
  await useTransport({});
});
afterEach(() => estate.stop());

const get = `GET ${path} HTTP/1.1\r\nHost: edge\r\n`;
const post = `POST ${path} HTTP/1.1\r\nHost: edge\r\n`;
const end = 'Connection: close\r\n\r\n';
const chunked = `${post}Transfer-Encoding: chunked\r\n${end}`;

/** Messages that RFC 9112 leaves open to two readings, or that an access edge has no use for, and the answer. */
const refused: Readonly<Record<string, readonly [bytes: string, status: number]>> = {
  'both lengths, Content-Length first': [
    `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n${end}0\r\n\r\n`,
    400,
  ],
  'both lengths, Transfer-Encoding first': [
    `${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n${end}0\r\n\r\n`,
    400,
  ],
  'two equal Content-Lengths': [`${post}Content-Length: 1\r\nContent-Length: 1\r\n${end}a`, 400],
  'a list of Content-Lengths': [`${post}Content-Length: 1, 1\r\n${end}a`, 400],
  'a signed Content-Length': [`${post}Content-Length: +1\r\n${end}a`, 400],
  'an empty Content-Length': [`${post}Content-Length:\r\n${end}`, 400],
  'a hexadecimal Content-Length': [`${post}Content-Length: 0x1\r\n${end}a`, 400],
  'two transfer codings': [`${post}Transfer-Encoding: gzip, chunked\r\n${end}0\r\n\r\n`, 400],
  'two Transfer-Encoding fields': [
    `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n${end}0\r\n\r\n`,
    400,
  ],
  'an unknown transfer coding': [`${post}Transfer-Encoding: xchunked\r\n${end}0\r\n\r\n`, 400],
  'chunked that is not last': [`${post}Transfer-Encoding: chunked, identity\r\n${end}0\r\n\r\n`, 400],
  'a vertical tab before chunked': [`${post}Transfer-Encoding: \x0bchunked\r\n${end}0\r\n\r\n`, 400],
  'a body for what can only be read': [`${chunked}1\r\na\r\n0\r\n\r\n`, 405],
  'a folded field': [`${get}X-A: a\r\n b\r\n${end}`, 400],
  'a space before the colon': [`GET ${path} HTTP/1.1\r\nHost : edge\r\n${end}`, 400],
  'a field without a colon': [`${get}X-A\r\n${end}`, 400],
  'a field without a name': [`${get}: a\r\n${end}`, 400],
  'lines that end in LF': [`GET ${path} HTTP/1.1\nHost: edge\n\n`, 400],
  'a bare CR in a field': [`${get}X-A: a\rb\r\n${end}`, 400],
  'a NUL in a field': [`${get}X-A: a\0b\r\n${end}`, 400],
  'no Host': [`GET ${path} HTTP/1.1\r\n${end}`, 400],
  'two Hosts': [`${get}Host: other\r\n${end}`, 400],
  'a Host with a user': [`GET ${path} HTTP/1.1\r\nHost: a@edge\r\n${end}`, 400],
  'a Host with a path': [`GET ${path} HTTP/1.1\r\nHost: edge/a\r\n${end}`, 400],
  'two Authorizations': [`${get}Authorization: Basic YTpi\r\nAuthorization: Basic YTpj\r\n${end}`, 400],
  'two Cookies': [`${get}Cookie: a=b\r\nCookie: c=d\r\n${end}`, 400],
  'the absolute form': [`GET https://edge${path} HTTP/1.1\r\nHost: edge\r\n${end}`, 400],
  'the asterisk form': [`OPTIONS * HTTP/1.1\r\nHost: edge\r\n${end}`, 400],
  CONNECT: ['CONNECT cucm:8443 HTTP/1.1\r\nHost: cucm:8443\r\n\r\n', 400],
  'an upgrade': [`${get}Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n`, 400],
  'the HTTP/2 preface': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  'a fragment': [`GET ${path}#a HTTP/1.1\r\nHost: edge\r\n${end}`, 400],
  'bytes beyond ASCII in the target': [`GET ${path}\xe9 HTTP/1.1\r\nHost: edge\r\n${end}`, 400],
  'dot segments': [`GET ${path}/../.. HTTP/1.1\r\nHost: edge\r\n${end}`, 400],
  TRACE: [`TRACE ${path} HTTP/1.1\r\nHost: edge\r\n${end}`, 405],
  'HTTP/1.0': [`GET ${path} HTTP/1.0\r\nHost: edge\r\n\r\n`, 505],
  'HTTP/0.9': [`GET ${path}\r\n\r\n`, 505],
};

for (const [name, [bytes, status]] of Object.entries(refused)) {
  test(`a message with ${name} is refused with ${status}, and nothing after it is read`, async () => {
    const text = await exchangeRaw(estate, `${bytes}GET ${path} HTTP/1.1\r\nHost: edge\r\n${end}`);
    assert.equal(statusesIn(text)[0], status, text);
    assert.ok(!text.includes('getEdgeSsoResponse'), text);
    assert.equal(estate.links.opened, 0);
  });
}

test('a proper request is answered, and the connection kept for the next one', async () => {
  const text = await exchangeRaw(estate, `${get}\r\n${get}${end}`);
  assert.deepEqual(statusesIn(text), [200, 200]);
});

test('a header section that is too large or has too many fields is refused with 431', async () => {
  await useTransport({ maximumHeaderBytes: 2048, maximumHeaderCount: 20 });
  const withBytes = (bytes: number) => `${get}X-A: ${'a'.repeat(bytes)}\r\n${end}`;
  assert.deepEqual(statusesIn(await exchangeRaw(estate, withBytes(1500))), [200]);
  assert.deepEqual(statusesIn(await exchangeRaw(estate, withBytes(2048))), [431]);
  assert.deepEqual(statusesIn(await exchangeRaw(estate, withBytes(100_000))), [431]);
  const withFields = (count: number) => `${get}${'X-A: a\r\n'.repeat(count)}${end}`;
  assert.deepEqual(statusesIn(await exchangeRaw(estate, withFields(18))), [200]);
  assert.deepEqual(statusesIn(await exchangeRaw(estate, withFields(19))), [431]);
});

test('a client that is slow to send its header section, or says nothing at all, gets 408', async () => {
  await useTransport({ headerTimeoutSeconds: 1, requestTimeoutSeconds: 2 });
  const slow = await openRaw(estate);
  slow.socket.write('GET / HTTP/1.1\r\nHost: e');
  const silent = await openRaw(estate);
  assert.deepEqual(statusesIn(await slow.all), [408]);
  assert.deepEqual(statusesIn(await silent.all), [408]);
});

test('a body that is announced too large is refused before it is sent', async () => {
  await useTransport({ maximumBodyBytes: 10 });
  const text = await exchangeRaw(estate, `${post}Content-Length: 11\r\nExpect: 100-continue\r\n\r\n`);
  assert.deepEqual(statusesIn(text), [413]);
});

test('a connection that is kept without a request is closed after the idle time', async () => {
  await useTransport({ idleTimeoutSeconds: 1 });
  const { socket, all } = await openRaw(estate);
  socket.write(`${get}\r\n`);
  assert.deepEqual(statusesIn(await all), [200]);
});

test('a connection with more requests in flight than anybody needs is cut down', async () => {
  const text = await exchangeRaw(estate, `${get}\r\n`.repeat(200) + get + end);
  assert.ok(statusesIn(text).every((status) => status === 200 || status === 503));
});

test('connections beyond the maximum are closed before TLS begins', async () => {
  await useTransport({ maximumConnections: 2 });
  const first = await openRaw(estate);
  const second = await openRaw(estate);
  assert.equal(await getsToTls(estate), false);
  first.socket.destroy();
  await once(first.socket, 'close');
  let admitted = false;
  while (!admitted) admitted = await getsToTls(estate);
  second.socket.destroy();
});

test('connections of one source beyond its rate are closed before TLS begins', async () => {
  await useTransport({ connectionRate: { mode: 'enforce', perSecond: 1, burst: 15 } });
  for (let count = 0; count < 15; count += 1) assert.equal(await getsToTls(estate), true);
  assert.equal(await getsToTls(estate), false);
  clock.advance(1000);
  assert.equal(await getsToTls(estate), true);
  assert.equal(await getsToTls(estate), false);
  await useTransport({ connectionRate: { mode: 'monitor', perSecond: 1, burst: 15 } });
  assert.equal(await getsToTls(estate), true);
  assert.match(await estate.metrics('edge1'), /excess_connections_total{limit="rate"} 3\n/);
});

test('TLS 1.1 and HTTP/2 are not spoken', async () => {
  const attempt = (options: object) =>
    new Promise<string | false | null>((resolve) => {
      const socket = connect({
        host: '127.0.0.1',
        port: estate.edge.port(),
        ca: estate.ca,
        servername: 'edge1.lab.example',
        ...options,
      });
      socket.once('secureConnect', () => {
        resolve(socket.alpnProtocol);
        socket.destroy();
      });
      socket.once('error', () => resolve('refused'));
    });
  assert.equal(await attempt({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }), 'refused');
  assert.equal(await attempt({ ALPNProtocols: ['h2'] }), 'refused');
  assert.equal(await attempt({ ALPNProtocols: ['h2', 'http/1.1'] }), 'http/1.1');
});
