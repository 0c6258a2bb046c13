import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Agent, type IncomingMessage, type Server, createServer, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { Client, Pool, type buildConnector } from 'undici';
import type { CoreLink } from '../../../src/runtime/link-port.js';
import { LinkEstate, openChannel, readAll } from './estate.js';

/** Answers with the digest of what it got, or with as many bytes as the path asks for. */
function answering(): Server {
  return createServer((incoming, response) => {
    const wanted = Number(incoming.url?.slice(1));
    if (wanted > 0) {
      response.end(Buffer.alloc(wanted, 'x'));
      return;
    }
    const hash = createHash('sha256');
    incoming.on('data', (chunk: Buffer) => hash.update(chunk));
    incoming.once('end', () => response.end(hash.digest('hex')));
  });
}

async function servedLink(t: TestContext, server: Server) {
  const counts = { channels: 0 };
  const onChannel = (channel: Duplex) => {
    counts.channels += 1;
    server.emit('connection', channel);
  };
  t.after(() => server.closeAllConnections());
  return { ...(await new LinkEstate(t).pair({ onChannel })), counts };
}

/** For undici's types: a channel has what undici asks of a socket, which is what these tests show. */
function isSocket(channel: Duplex): channel is Socket {
  return 'setKeepAlive' in channel;
}

function through(link: CoreLink): buildConnector.connector {
  return (_options, done) => {
    openChannel(link).then(
      (channel) => (isSocket(channel) ? done(null, channel) : undefined),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

class ChannelAgent extends Agent {
  readonly #link: CoreLink;

  constructor(link: CoreLink) {
    super({ keepAlive: true, maxSockets: 4 });
    this.#link = link;
  }

  override createConnection(_options: unknown, done: (error: Error | null, channel: Duplex) => void): undefined {
    void openChannel(this.#link).then((channel) => done(null, channel));
  }
}

function get(agent: Agent, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent, host: 'core', path }, (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('latin1');
      response.on('data', (text: string) => (body += text));
      response.once('end', () => resolve(body));
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}

test('an undici pool speaks HTTP through channels and keeps them', async (t) => {
  const { link, counts } = await servedLink(t, answering());
  const pool = new Pool('http://core', { connect: through(link), connections: 4 });
  t.after(() => pool.destroy());
  const bodies = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const { body } = await pool.request({ method: 'GET', path: `/${index + 1}` });
      return (await body.text()).length;
    }),
  );
  assert.deepEqual(
    bodies,
    Array.from({ length: 100 }, (_, index) => index + 1),
  );
  assert.ok(counts.channels <= 4, `${counts.channels} channels`);
});

test('a large upload and a large download stream through', async (t) => {
  const { link } = await servedLink(t, answering());
  const client = new Client('http://core', { connect: through(link) });
  t.after(() => client.destroy());
  const upload = randomBytes(3_000_000);
  const up = await client.request({ method: 'POST', path: '/', body: upload });
  assert.equal(await up.body.text(), createHash('sha256').update(upload).digest('hex'));
  const down = await client.request({ method: 'GET', path: '/3000000' });
  assert.equal((await down.body.arrayBuffer()).byteLength, 3_000_000);
});

test('an agent of node:http speaks HTTP through channels and keeps them', async (t) => {
  const { link, counts } = await servedLink(t, answering());
  const agent = new ChannelAgent(link);
  t.after(() => agent.destroy());
  for (const size of [1, 20, 300_000]) assert.equal((await get(agent, `/${size}`)).length, size);
  assert.equal(counts.channels, 1);
});

test('a channel that the server found idle too long is not used again', async (t) => {
  const server = answering();
  server.keepAliveTimeout = 1;
  const { link, counts } = await servedLink(t, server);
  const agent = new ChannelAgent(link);
  t.after(() => agent.destroy());
  assert.equal(await get(agent, '/1'), 'x');
  await new Promise<void>((resolve) => {
    const [idle] = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
    if (idle === undefined || idle.destroyed) resolve();
    else idle.once('close', () => resolve());
  });
  assert.equal(await get(agent, '/1'), 'x');
  assert.equal(counts.channels, 2);
});

test('a server that asks for the end of a connection closes the channel after the answer', async (t) => {
  const { link } = await servedLink(t, answering());
  const channel = await openChannel(link);
  channel.write('GET /5 HTTP/1.1\r\nHost: core\r\nConnection: close\r\n\r\n');
  const answer = String(await readAll(channel));
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(answer, /xxxxx$/);
});

test('a client that goes away in the middle ends the request at the core', async (t) => {
  const aborted = new Promise<void>((resolve) => {
    const server = createServer((incoming) => incoming.once('close', () => resolve()));
    void servedLink(t, server).then(async ({ link }) => {
      const channel = await openChannel(link);
      channel.write('POST / HTTP/1.1\r\nHost: core\r\nContent-Length: 10\r\n\r\nhalf');
      server.once('request', () => channel.destroy());
    });
  });
  await aborted;
});
