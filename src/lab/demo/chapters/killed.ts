import { eventually } from '../expect.js';
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
  const [before, after] = ['maximumConnections: 10000', 'maximumConnections: 5000'];
  await estate.repository.edit('Take fewer connections', files.access, before, after);
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

/** Nodes that are all as before, or all changed, with nothing left to decide. */
async function oneState({ cluster }: Story, before: readonly NodeView[]): Promise<'before' | 'after' | undefined> {
  const views = await cluster.all();
  if (views === undefined || views.some(({ isPending }) => isPending)) return undefined;
  const kept = views.filter(({ digest }, index) => digest === before[index]?.digest);
  if (kept.length === views.length) return 'before';
  return kept.length === 0 ? 'after' : undefined;
}

async function nodesDecide(story: Story, before: readonly NodeView[]): Promise<string> {
  const state = await eventually(story.clock, 'one known state', patienceSeconds, () => oneState(story, before));
  return `nobody confirmed it, so the deadline inside the node ended it: every node is in the state ${state} the commit`;
}

async function restart(story: Story): Promise<string> {
  const { estate } = story;
  await estate.reconciler.start();
  const nodes = await settled(story, await estate.repository.head());
  return `it reads its journal and goes on: ${describedNodes(nodes)}`;
}

/** The reconciler dies half-way. */
export async function tellKilled(story: Story): Promise<void> {
  const { narrator } = story;
  narrator.chapter('The reconciler is killed in the middle of an apply');
  const before = (await story.cluster.settled()) ?? [];
  await narrator.step('A commit is on its way', () => killInTheMiddle(story));
  await narrator.step('The cluster is left alone', () => nodesDecide(story, before));
  await narrator.step('The reconciler starts again', () => restart(story));
}
