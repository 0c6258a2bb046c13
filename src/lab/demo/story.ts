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

/** Waits until every node runs a commit, confirmed. */
export async function settled(story: Story, revision: string): Promise<readonly NodeView[]> {
  const { clock, cluster } = story;
  const what = `all nodes on ${revision.slice(0, 7)}`;
  return await eventually(clock, what, patienceSeconds, () => cluster.settledOn(revision));
}

/** Waits until the reconciler has ended a pass over a commit in a state. */
export async function reported(story: Story, commit: string, state: string): Promise<ClusterReport> {
  return await eventually(story.clock, `${state} for ${commit.slice(0, 7)}`, patienceSeconds, async () => {
    const report = await story.reconciler.report();
    return report?.commit === commit && report.state === state ? report : undefined;
  });
}

/** A commit goes in, the webhook says so, and every node runs it. */
export async function pushAndSettle(story: Story, commit: Promise<string>): Promise<string> {
  const revision = await commit;
  const start = story.clock.monotonicMs();
  await story.reconciler.push();
  const nodes = await settled(story, revision);
  const elapsed = Math.round(story.clock.monotonicMs() - start);
  return `${describedNodes(nodes)}; ${elapsed} ms from the webhook to the last confirm`;
}
