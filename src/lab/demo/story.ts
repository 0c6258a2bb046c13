import type { LabClient } from '../client/lab-client.js';
import type { Estate } from '../estate/estate.js';
import type { Clock } from '../../platform/clock.js';
import { type ClusterView, describedNodes, type NodeView } from './cluster-view.js';
import { eventually } from './expect.js';
import type { Narrator } from './narrator.js';
import type { ClusterReport, ReconcilerView } from './reconciler-view.js';

/** What the chapters share. */
export interface Story {
  readonly estate: Estate;
  readonly narrator: Narrator;
  readonly cluster: ClusterView;
  readonly reconciler: ReconcilerView;
  readonly client: LabClient;
  readonly clock: Clock;
}

export type Chapter = (story: Story) => Promise<void>;

export const patienceSeconds = 30;

/** Waits until the reconciler has ended a pass over a commit in one of some states. */
export async function reported(story: Story, commit: string, ...states: readonly string[]): Promise<ClusterReport> {
  const what = `${states.join(' or ')} for ${commit.slice(0, 7)}`;
  return await eventually(story.clock, what, patienceSeconds, async () => {
    const report = await story.reconciler.report();
    return report?.commit === commit && states.includes(report.state) ? report : undefined;
  });
}

/** Waits until every node does what a commit says, confirmed; a node that the commit does not concern keeps its revision. */
export async function settled(story: Story, commit: string): Promise<readonly NodeView[]> {
  await reported(story, commit, 'applied', 'nothing');
  return await eventually(story.clock, 'nothing pending on any node', patienceSeconds, () => story.cluster.settled());
}

/** A commit goes in, the webhook says so, and every node does what it says. */
export async function pushAndSettle(story: Story, commit: Promise<string>): Promise<string> {
  const revision = await commit;
  const start = story.clock.monotonicMs();
  await story.reconciler.push();
  const nodes = await settled(story, revision);
  const elapsed = Math.round(story.clock.monotonicMs() - start);
  return `${describedNodes(nodes)}; ${elapsed} ms from the webhook to the last confirm`;
}
