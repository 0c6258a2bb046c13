import { eventually, expect } from '../expect.js';
import { rateControl } from '../documents.js';
import { type Story, patienceSeconds } from '../story.js';

const edited = 'core-1';

async function editByHand(story: Story): Promise<string> {
  const declared = await story.cluster.node(edited);
  const admin = await story.cluster.admin(edited);
  const answer = await admin.putResource(rateControl(50));
  expect(answer.status === 200, `the edit was answered with ${answer.status}`);
  await eventually(story.clock, 'the edit is put back', patienceSeconds, async () => {
    const view = await story.cluster.node(edited);
    return view !== undefined && view.digest === declared?.digest && !view.isPending ? view : undefined;
  });
  const message = await eventually(story.clock, 'the drift is reported', patienceSeconds, async () => {
    const report = await story.reconciler.report();
    return report?.events.find(({ type }) => type === 'drift')?.message;
  });
  return `${message}\n${edited} runs what Git says again`;
}

/** Somebody changes a node by hand. */
export async function tellDrift(story: Story): Promise<void> {
  const { narrator } = story;
  narrator.chapter('A hand-made change is found, named and put back');
  await narrator.step(`An operator sets the limit to 50 on ${edited}, past Git`, () => editByHand(story));
}
