import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { listenOn } from '../../../src/lab/listener.js';
import { FakeClock } from '../../fake-clock.js';
import {
  ask,
  basic,
  configPath,
  type Estate,
  labCertificates,
  labUnifiedCm,
  publisher,
  servingDocuments,
  snapshotOf,
  startEstate,
  through,
  user,
} from './access-kit.js';
import { openRaw, statusesIn } from './raw-client.js';

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

const megabyte = 1024 * 1024;
const paths = await labCertificates();
const cm = await labUnifiedCm(paths);
let serve: Serve;
const upstream: Server = createServer((request, response) => serve(request, response));
let port: number;
let clock: FakeClock;
let estate: Estate;
let token: string;

before(async () => {
  port = await listenOn(upstream, '127.0.0.1', 0);
});

after(async () => {
  await cm.stop();
  upstream.close();
  upstream.closeAllConnections();
});

function rules(path = '/', extra: object = {}) {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'];
  const spec = { url: `http://127.0.0.1:${port}${path}`, match: 'prefix', methods };
  return snapshotOf(
    ...servingDocuments(cm, estate.ca).filter(({ kind }) => kind !== 'HttpTransport'),
    { kind: 'AllowRule', name: 'upstream', spec },
    { kind: 'HttpTransport', spec: { connectionRate: { mode: 'off' }, ...extra } },
  );
}

beforeEach(async () => {
  clock = new FakeClock();
  estate = await startEstate({ paths, clock, hosts: cm.hosts });
  await estate.apply(rules());
  const signedIn = await ask(estate, configPath, { as: user });
  assert.ok(signedIn.token);
  ({ token } = signedIn);
  serve = (_, response) => response.end('served');
});

afterEach(() => estate.stop());

function url(path: string): string {
  return through(`http://127.0.0.1:${port}${path}`);
}

test('an allowed request reaches the server with the client’s fields, and nothing of ours', async () => {
  let seen: IncomingMessage | undefined;
  serve = (request, response) => {
    seen = request;
    response.setHeader('x-fairlead-inside', 'secret');
    response.setHeader('keep-alive', 'timeout=3');
    response.setHeader('x-kept', 'yes');
    response.end();
  };
  const answer = await ask(estate, url('/a/b?c=d&e'), {
    as: user,
    headers: {
      cookie: `X-Auth=${token}; theirs=1`,
      'x-fairlead-client': '192.0.2.1',
      'X-Fairlead-Token': 'forged',
      'x-client': 'kept',
      te: 'trailers',
      'proxy-authorization': 'Basic YTpi',
    },
  });
  assert.equal(answer.status, 200);
  assert.equal(seen?.url, '/a/b?c=d&e');
  const { authorization, cookie, host } = seen.headers;
  assert.deepEqual(
    { authorization, cookie, host },
    { authorization: basic(user), cookie: 'theirs=1', host: `127.0.0.1:${port}` },
  );
  assert.equal(seen.headers['x-client'], 'kept');
  assert.deepEqual(
    Object.keys(seen.headers).filter((name) => /^x-fairlead-|^te$|^proxy-/.test(name)),
    [],
  );
  assert.equal(answer.headers['x-fairlead-inside'], undefined);
  assert.equal(answer.headers['x-kept'], 'yes');
});

test('what a client claims about its address, its way or the meaning of its request ends at the edge', async () => {
  let seen: IncomingMessage | undefined;
  serve = (request, response) => {
    seen = request;
    response.end();
  };
  const claims = [
    ...['Forwarded: for=192.0.2.1', 'X-Forwarded-For: 192.0.2.1', 'X-FORWARDED-HOST: a', 'x_forwarded_for: 192.0.2.1'],
    ...['X-Real-IP: 192.0.2.1', 'Via: 1.1 trusted', 'True-Client-IP: 192.0.2.1', 'X-Client-IP: 192.0.2.1'],
    ...['X-Original-URL: /closed', 'X-Rewrite-URL: /closed', 'X-HTTP-Method-Override: DELETE'],
  ];
  const { socket, all } = await openRaw(estate);
  const lines = [`GET ${url('/')} HTTP/1.1`, 'Host: edge', `Cookie: X-Auth=${token}`, ...claims, 'X-Kept: 1'];
  socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);
  assert.deepEqual(statusesIn(await all), [200]);
  const fields = seen?.headers ?? {};
  assert.equal(fields['x-kept'], '1');
  const arrived = claims.map((line) => line.split(':')[0]?.toLowerCase() ?? '').filter((name) => name in fields);
  assert.deepEqual(arrived, []);
});

test('where a server sends a client goes back as it is, and its cookies stay below its own path', async () => {
  serve = (_, response) => {
    response.writeHead(302, {
      location: 'https://cucm-2.inside.example:8443/cucm-uds/user/ada',
      'set-cookie': 'JSESSIONID=1; Domain=inside.example; Path=/cucm-uds',
    });
    response.end();
  };
  const { status, headers } = await ask(estate, url('/'), { token });
  assert.deepEqual([status, headers.location], [302, 'https://cucm-2.inside.example:8443/cucm-uds/user/ada']);
  const [, segment = ''] = url('/').split('/');
  assert.deepEqual([headers['set-cookie']].flat(), [`JSESSIONID=1; Path=/${segment}/cucm-uds`]);
});

test('fields that Connection names end at the edge', async () => {
  let seen: IncomingMessage | undefined;
  serve = (request, response) => {
    seen = request;
    response.end();
  };
  const { socket, all } = await openRaw(estate);
  socket.write(
    `GET ${url('/')} HTTP/1.1\r\nHost: edge\r\nCookie: X-Auth=${token}\r\nX-Hop: 1\r\nX-End: 1\r\nConnection: close, X-Hop\r\n\r\n`,
  );
  assert.deepEqual(statusesIn(await all), [200]);
  assert.equal(seen?.headers['x-hop'], undefined);
  assert.equal(seen?.headers['x-end'], '1');
});

test('what no rule covers is refused with 403, and the server not asked', async () => {
  await estate.apply(rules('/open'));
  let asked = 0;
  serve = (_, response) => {
    asked += 1;
    response.end();
  };
  assert.equal((await ask(estate, url('/open/a'), { token })).status, 200);
  for (const path of ['/', '/opened', '/closed', '/OPEN']) {
    assert.equal((await ask(estate, url(path), { token })).status, 403, path);
  }
  assert.equal((await ask(estate, through(`http://127.0.0.1:${port + 1}/open`), { token })).status, 403);
  assert.equal((await ask(estate, through(`http://localhost:${port}/open`), { token })).status, 403);
  assert.equal((await ask(estate, url('/open/..;/closed'), { token })).status, 400);
  assert.equal(asked, 1);
});

test('who is not signed in learns nothing of the allow list', async () => {
  assert.equal((await ask(estate, url('/'), {})).status, 401);
  assert.equal((await ask(estate, through(`http://127.0.0.1:${port + 1}/`), {})).status, 401);
  assert.equal((await ask(estate, url('/'), { as: { ...user, password: 'wrong' } })).status, 401);
});

test('credentials without a token are let in, and cost', async () => {
  const statuses = [];
  for (let time = 0; time < 3; time += 1) statuses.push((await ask(estate, url('/'), { as: user })).status);
  assert.deepEqual(statuses, [200, 200, 429]);
});

test('HEAD has no body, and the connection goes on', async () => {
  serve = (_, response) => response.setHeader('content-length', 5).end();
  const { status, headers, text } = await ask(estate, url('/'), { token, method: 'HEAD' });
  assert.deepEqual([status, headers['content-length'], text], [200, '5', '']);
  assert.equal((await ask(estate, url('/'), { token, method: 'HEAD' })).status, 200);
});

test('every method that a rule names is carried with its body', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    serve = (request, response) => {
      assert.equal(request.method, method);
      request.pipe(response);
    };
    assert.equal((await ask(estate, url('/'), { token, method, body: 'hello' })).text, 'hello', method);
  }
});

test('a cookie of the server goes back to that server alone, and cannot pose as the token', async () => {
  serve = (_, response) => {
    response.setHeader('set-cookie', [
      'session=1; Domain=lab.example; Path=/app; HttpOnly',
      'X-Auth=stolen; Path=/',
      'plain=2',
      'wide=3; path=relative; domain=.example',
    ]);
    response.end();
  };
  const { headers } = await ask(estate, url('/app'), { token });
  const segment = url('/').slice(0, -1);
  assert.deepEqual(headers['set-cookie'], [
    `session=1; Path=${segment}/app; HttpOnly`,
    'plain=2',
    `wide=3; Path=${segment}/`,
  ]);
});

test('a client that expects 100 is told to go on once it is let in, and 401 before it sends a byte', async () => {
  serve = (request, response) => void request.pipe(response);
  const head = (proof: string) =>
    `POST ${url('/')} HTTP/1.1\r\nHost: edge\r\n${proof}Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`;
  const welcome = await openRaw(estate);
  welcome.socket.write(head(`Cookie: X-Auth=${token}\r\n`));
  const first: unknown[] = await once(welcome.socket, 'data');
  assert.match(String(first[0]), /^HTTP\/1\.1 100 /);
  welcome.socket.write('hello');
  assert.match(await welcome.all, /^HTTP\/1\.1 200 [^]*hello/m);
  const stranger = await openRaw(estate);
  stranger.socket.write(head(''));
  assert.deepEqual(statusesIn(await stranger.all), [401]);
});

test('a body that grows too large as it streams is refused with 413, and the server’s request aborted', async () => {
  await estate.apply(rules('/', { maximumBodyBytes: megabyte }));
  const aborted = new Promise<void>((resolve) => {
    serve = (request) => {
      request.resume();
      request.once('error', () => resolve());
      request.once('close', () => resolve());
    };
  });
  const body = Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(65_536)));
  const answer = await ask(estate, url('/'), { token, method: 'POST', body }).catch(() => undefined);
  // The refusal may be lost when the client is still writing as the connection ends.
  assert.ok(answer === undefined || answer.status === 413);
  await aborted;
});

test('a chunk that is malformed ends the request on both sides', async () => {
  for (const chunk of ['0x1\r\na\r\n', '1 \r\na\r\n', 'fffffffffffffffff\r\n', '1\r\nab\r\n', '1\na\n']) {
    const aborted = new Promise<boolean>((resolve) => {
      serve = (request) => {
        request.resume();
        request.once('end', () => resolve(false));
        request.once('error', () => resolve(true));
      };
    });
    const { socket, all } = await openRaw(estate);
    socket.write(
      `POST ${url('/')} HTTP/1.1\r\nHost: edge\r\nCookie: X-Auth=${token}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
    );
    await once(upstream, 'request');
    socket.write(chunk);
    assert.equal(await aborted, true, JSON.stringify(chunk));
    assert.deepEqual(statusesIn(await all), [400], JSON.stringify(chunk));
  }
});

test('a body that comes too slowly is refused with 408', async () => {
  await estate.apply(rules('/', { headerTimeoutSeconds: 1, requestTimeoutSeconds: 2 }));
  serve = (request) => request.resume();
  const { socket, all } = await openRaw(estate);
  socket.write(`POST ${url('/')} HTTP/1.1\r\nHost: edge\r\nCookie: X-Auth=${token}\r\nContent-Length: 5\r\n\r\nhel`);
  assert.deepEqual(statusesIn(await all), [408]);
});

test('a client that goes away aborts the server’s request', async () => {
  const gone = new Promise<void>((resolve) => {
    serve = (_, response) => {
      response.write('x'.repeat(1000));
      response.once('close', () => resolve());
    };
  });
  const { socket } = await openRaw(estate);
  socket.write(`GET ${url('/')} HTTP/1.1\r\nHost: edge\r\nCookie: X-Auth=${token}\r\n\r\n`);
  await once(socket, 'data');
  socket.destroy();
  await gone;
});

test('a server that breaks off within its answer breaks off the client’s, too', async () => {
  serve = (_, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('x', () => response.destroy());
  };
  await assert.rejects(ask(estate, url('/'), { token }));
  assert.match(await estate.metrics('edge1'), /outcome="broken"} 1\n/);
});

test('a server that is away is 503, one that says nothing 504, one that does not speak HTTP 502', async () => {
  await estate.apply(
    snapshotOf(...servingDocuments(cm, estate.ca), {
      kind: 'AllowRule',
      name: 'away',
      spec: { url: 'http://127.0.0.1:1/', match: 'prefix' },
    }),
  );
  const away = await ask(estate, through('http://127.0.0.1:1/'), { token });
  assert.deepEqual([away.status, away.headers['retry-after']], [503, '10']);
  await estate.apply(rules());
  serve = (_, response) => void response.socket?.write('nonsense\r\n\r\n');
  assert.equal((await ask(estate, url('/'), { token })).status, 502);
  serve = () => undefined;
  const silent = ask(estate, url('/'), { token });
  await once(upstream, 'request');
  clock.advance(30_000);
  const { status, headers } = await silent;
  assert.deepEqual([status, headers['retry-after']], [504, '10']);
});

test('the certificate of a UC server is checked on every request, also on ports other than UDS', async () => {
  await cm.setFault(publisher, { type: 'wrong-certificate' });
  const { status } = await ask(estate, through(`https://${publisher}:${cm.port}/cucm-uds/version`), { token });
  await cm.setFault(publisher);
  assert.equal(status, 503);
});

test('50 MB stream up and down, and never more than a part of them is under way', async () => {
  await estate.apply(rules('/', { maximumBodyBytes: 64 * megabyte }));
  const size = 50 * megabyte;
  let sent = 0;
  let received = 0;
  let widest = 0;
  const receive = (chunk: Buffer) => {
    received += chunk.length;
    widest = Math.max(widest, sent - received);
  };
  const source = () =>
    Readable.from(
      (function* counted() {
        for (const chunk of chunksOf(size)) {
          sent += chunk.length;
          yield chunk;
        }
      })(),
    );
  serve = (request, response) => {
    if (request.method !== 'POST') source().pipe(response);
    else request.on('data', receive).once('end', () => response.end());
  };
  await ask(estate, url('/'), { token, method: 'POST', body: source() });
  assert.deepEqual([sent, received], [size, size]);
  const headers = { cookie: `X-Auth=${token}` };
  const { body } = await estate.outsider.request({ origin: estate.origin, path: url('/'), method: 'GET', headers });
  await once(body.on('data', receive), 'end');
  assert.deepEqual([sent, received], [2 * size, 2 * size]);
  assert.ok(widest < 20 * megabyte, `${widest} bytes were under way`);
});

test('a server that sends small pieces to a slow reader is held back, too', async () => {
  let sent = 0;
  let received = 0;
  let widest = 0;
  serve = (_, response) => {
    const pieces = function* () {
      for (const piece of chunksOf(20 * megabyte, 8192)) {
        sent += piece.length;
        yield piece;
      }
    };
    Readable.from(pieces()).pipe(response);
  };
  const headers = { cookie: `X-Auth=${token}` };
  const { body } = await estate.outsider.request({ origin: estate.origin, path: url('/'), method: 'GET', headers });
  for await (const chunk of body) {
    received += Buffer.isBuffer(chunk) ? chunk.length : 0;
    widest = Math.max(widest, sent - received);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(received, 20 * megabyte);
  assert.ok(widest < 10 * megabyte, `${widest} bytes were under way`);
});

test('a reader that stops holds the server up instead of filling memory, and is dropped after the idle time', async () => {
  let written = 0;
  let source: Readable | undefined;
  const gone = new Promise<void>((resolve) => {
    serve = (_, response) => {
      source = Readable.from(chunksOf(200 * megabyte));
      source.on('data', (chunk: Buffer) => {
        written += chunk.length;
      });
      response.once('close', () => resolve());
      source.pipe(response);
    };
  });
  const { socket } = await openRaw(estate);
  socket.pause();
  socket.write(`GET ${url('/')} HTTP/1.1\r\nHost: edge\r\nCookie: X-Auth=${token}\r\n\r\n`);
  // Held up: the source pauses, and nothing more is taken from it over many turns of the loop.
  for (let quietTurns = 0, last = -1; quietTurns < 200; last = written) {
    await new Promise((resolve) => setImmediate(resolve));
    quietTurns = source?.isPaused() === true && written === last ? quietTurns + 1 : 0;
  }
  assert.ok(written < 50 * megabyte, `${written} bytes were taken from the server`);
  clock.advance(65_000);
  await gone;
  socket.destroy();
});

function* chunksOf(bytes: number, size = 65_536): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= size) yield Buffer.alloc(Math.min(size, left), 0x61);
}
