import { described, expect, expectStatus } from '../expect.js';
import { describedNodes } from '../cluster-view.js';
import { type Story, settled } from '../story.js';

async function beforeAnyCommit({ client }: Story): Promise<string> {
  const result = await client.signIn();
  expect(
    result.operation.status === 404,
    `expected 404 from an edge that serves no domain yet, got ${described(result)}`,
  );
  return 'edge and core run, and serve nothing yet: 404';
}

async function firstCommit(story: Story): Promise<string> {
  await story.estate.reconciler.start();
  return describedNodes(await settled(story, await story.estate.repository.head()));
}

async function signIn({ client }: Story): Promise<string> {
  const result = await client.signIn();
  expectStatus(result, 200);
  const servers = client.edgeConfig?.udsServers.map(({ address, port }) => `${address}:${port}`) ?? [];
  return `200, an edge-config document and a signed token; UDS at ${servers.join(', ')}`;
}

async function fetchDevices({ client }: Story): Promise<string> {
  const allowed = await client.fetchUds('user/ada/devices', { present: 'both' });
  expectStatus(allowed, 200);
  const denied = await client.fetch('https://payroll.lab.example/salaries');
  expectStatus(denied, 403);
  return 'through edge, link, core and allow list: 200; a server that is not on the list: 403';
}

/** The nodes start empty, Git says what they do, a client signs in. */
export async function tellFirstCommit(story: Story): Promise<void> {
  const { narrator } = story;
  narrator.chapter('A commit makes a cluster serve');
  await narrator.step('Before any commit, a client asks', () => beforeAnyCommit(story));
  await narrator.step('The reconciler reads Git and brings both nodes to it', () => firstCommit(story));
  await narrator.step('A client outside signs in as ada', () => signIn(story));
  await narrator.step('It fetches its devices from the call manager inside', () => fetchDevices(story));
}
