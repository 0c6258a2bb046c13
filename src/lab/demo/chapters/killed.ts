import { eventually, expect } from '../expect.js';
import { describedNodes, type NodeView } from '../cluster-view.js';
import { files } from '../documents.js';
import { type Story, patienceSeconds, settled } from '../story.js';

const slowMs = 1200;

async function eachUcHost(story: Story, latencyMs: number): Promise<void> {
  for (const host of story.estate.layout.ucHosts) await story.estate.unifiedCm.setLatency(host, latencyMs);
}

/** The call manager is slow, so that probes take long enough to be interrupted. */
async function killInTheMiddle(story: Story): Promise<string> {
  const { estate, clock, cluster } = story;
  await eachUcHost(story, slowMs);
  await estate.repository.edit('Allow four', files.access, 'PerPeriod: 2', 'PerPeriod: 4');
  await story.reconciler.push();
  const views = await eventually(clock, 'a plan is pending', patienceSeconds, async () => {
    const seen = await cluster.all();
    return seen?.some(({ isPending }) => isPending) === true ? seen : undefined;
  });
  await estate.reconciler.kill();
  await eachUcHost(story, 0);
  const pending = views.filter(({ isPending }) => isPending).map(({ name }) => name);
  return `SIGKILL while a plan waited for its confirmation on ${pending.join(' and ')}`;
}

function oneState(views: readonly NodeView[] | undefined): readonly NodeView[] | undefined {
  const revisions = new Set(views?.map(({ revision }) => revision));
  return views?.every(({ isPending }) => !isPending) === true && revisions.size === 1 ? views : undefined;
}

async function nodesDecide({ clock, cluster }: Story): Promise<string> {
  const views = await eventually(clock, 'one known state', patienceSeconds, async () => oneState(await cluster.all()));
  return `with nobody to confirm it, the deadline inside the node put it back: ${describedNodes(views)}`;
}

async function restart(story: Story): Promise<string> {
  const { estate } = story;
  await estate.reconciler.start();
  const head = await estate.repository.head();
  const nodes = await settled(story, head);
  expect(nodes.length > 0, 'there are no nodes');
  return `it reads its journal and goes on: ${describedNodes(nodes)}`;
}

/** The reconciler dies half-way. */
export async function tellKilled(story: Story): Promise<void> {
  const { narrator } = story;
  narrator.chapter('The reconciler is killed in the middle of an apply');
  await narrator.step('A commit is on its way', () => killInTheMiddle(story));
  await narrator.step('The cluster is left alone', () => nodesDecide(story));
  await narrator.step('The reconciler starts again', () => restart(story));
}
