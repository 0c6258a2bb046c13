import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import ssh2 from 'ssh2';
import type { Connection, ServerChannel } from 'ssh2';
import type { EdgeConnections } from '../../../src/runtime/link/core-links.js';
import { newCoreLinks } from '../../../src/runtime/link/core-links.js';
import { systemClock as clock } from '../../../src/platform/clock.js';
import { silentLog as log } from '../../../src/platform/log.js';
import { LinkEstate, statusOf } from './estate.js';
import { newStanding } from '../new-standing.js';

const hello = `${JSON.stringify({
  ...{ type: 'hello', protocol: 1, node: 'edge1', version: '0.0.0' },
  standing: { settledOrder: 0, laggards: [] },
})}\n`;

interface Script {
  readonly onControl?: (control: ServerChannel) => void;
  readonly onForward?: (connection: Connection, accept: () => void) => void;
}

/** An edge that holds the pinned key and otherwise does as scripted, and a core that dials it. */
async function scriptedEdge(t: TestContext, { onControl, onForward }: Script) {
  const estate = new LinkEstate(t);
  const server = new ssh2.Server({ hostKeys: [estate.key('edge1').privateKey] }, (connection) => {
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => context.accept());
    connection.on('session', (accept) => {
      accept().on('subsystem', (acceptControl) => {
        const control = acceptControl();
        control.on('error', () => undefined);
        onControl?.(control);
      });
    });
    connection.on('request', (accept: (() => void) | undefined) => onForward?.(connection, () => accept?.()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address: unknown = server.address();
  const port = isAddress(address) ? address.port : 0;
  const channels: string[] = [];
  const core = newCoreLinks(
    {
      clientKeyFile: estate.key('core1').file,
      edges: [{ name: 'edge1', host: '127.0.0.1', port, hostKey: estate.key('edge1').publicKey }],
    },
    {
      clock,
      log,
      nodeName: 'core1',
      isConfirmed: () => false,
      standings: newStanding('core1'),
      onChannel: (channel, edge) => {
        channels.push(edge);
        channel.destroy();
      },
      limits: { redial: { firstMs: 60_000, longestMs: 60_000 }, handshakeMs: 300 },
    },
  );
  t.after(() => core.stop());
  await core.start();
  return { core, channels };
}

function isAddress(address: unknown): address is AddressInfo {
  return typeof address === 'object' && address !== null && 'port' in address;
}

async function downReason(core: EdgeConnections): Promise<string> {
  return (await statusOf(core, 'edge1', ({ state }) => state === 'down')).reason ?? '';
}

test('an edge that never says hello is given up in time', async (t) => {
  const { core } = await scriptedEdge(t, {});
  assert.match(await downReason(core), /no link with 127\.0\.0\.1:\d+ within 300 ms/);
});

test('an edge that speaks another protocol version is refused with both versions', async (t) => {
  const onControl = (control: ServerChannel) => void control.write('{"type":"hello","protocol":7}\n');
  const { core } = await scriptedEdge(t, { onControl });
  assert.equal(await downReason(core), 'speaks link protocol 7, this node speaks 1; upgrade the older one');
});

test('an edge that sends garbage is left', async (t) => {
  const { core } = await scriptedEdge(t, { onControl: (control) => void control.write('{}\n') });
  assert.match(await downReason(core), /malformed control message/);
});

test('an edge that closes the control stream has closed the link', async (t) => {
  const { core } = await scriptedEdge(t, { onControl: (control) => void control.end(hello) });
  assert.equal(await downReason(core), 'the other end closed the link');
});

test('an edge cannot open a channel before the core asked for it, nor any other kind after', async (t) => {
  const outcomes: string[] = [];
  const tell = (what: string) => (error?: Error) =>
    outcomes.push(`${what} ${error === undefined ? 'opened' : 'refused'}`);
  const { core, channels } = await scriptedEdge(t, {
    onControl: (control) => void control.write(hello),
    onForward: (connection, accept) => {
      connection.forwardOut('fairlead-http', 1, 'x', 0, tell('early'));
      accept();
      connection.forwardOut('127.0.0.1', 22, 'x', 0, tell('other'));
      connection.x11('x', 0, tell('x11'));
      connection.openssh_forwardOutStreamLocal('/run/x', tell('socket'));
      connection.forwardOut('fairlead-http', 1, 'x', 0, tell('ours'));
    },
  });
  await statusOf(core, 'edge1', ({ state }) => state === 'up');
  while (outcomes.length < 5) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(outcomes, ['early refused', 'other refused', 'x11 refused', 'socket refused', 'ours opened']);
  assert.deepEqual(channels, ['edge1']);
});
