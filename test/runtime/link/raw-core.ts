import { once } from 'node:events';
import type { TestContext } from 'node:test';
import ssh2 from 'ssh2';
import type { Client, ClientChannel } from 'ssh2';
import type { EdgeLinks } from '../../../src/runtime/link/edge-links.js';
import type { NodeKey } from './estate.js';

/** A core that signs in properly and then says on the control stream whatever a test wants. */
export async function rawCore(
  t: TestContext,
  edge: EdgeLinks,
  key: NodeKey,
): Promise<{ readonly client: Client; readonly control: ClientChannel; readonly closed: Promise<unknown> }> {
  const client = new ssh2.Client();
  t.after(() => client.destroy());
  client.on('error', () => undefined);
  const closed = once(client, 'close');
  client.connect({ host: '127.0.0.1', port: edge.port(), username: 'core1', privateKey: key.privateKey });
  await once(client, 'ready');
  const control = await new Promise<ClientChannel>((resolve, reject) => {
    client.subsys('fairlead-control', (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
  });
  control.on('error', () => undefined);
  return { client, control, closed };
}

const standing = '{"settledOrder":0,"laggards":[]}';
export const goodHello = `{"type":"hello","protocol":1,"node":"core1","version":"0.0.0","standing":${standing}}\n`;

/** Asks for the forward, which is the last step before a link is up. */
export function requestForward(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.forwardIn('fairlead-http', 1, (error) => (error === undefined ? resolve() : reject(error)));
  });
}
