import { expect, expectStatus } from '../expect.js';
import { files } from '../documents.js';
import { type Story, pushAndSettle, reported } from '../story.js';

const [before, after] = ['maximumAuthorizationsPerPeriod: 2', 'maximumAuthorizationsPerPeriod: 2000'];

async function pushInvalid(story: Story): Promise<string> {
  const commit = await story.estate.repository.edit('Allow many more', files.access, before, after);
  await story.reconciler.push();
  const report = await reported(story, commit, 'invalid');
  const [problem] = report.problems;
  expect(problem?.startsWith(files.access) === true, `no problem names ${files.access}: ${report.reason}`);
  return `refused: ${problem ?? ''}`;
}

async function stillServes({ client }: Story): Promise<string> {
  expectStatus(await client.fetchUds('user/ada/devices'), 200);
  return 'the state before goes on serving: 200';
}

/** A commit that is not valid changes nothing. */
export async function tellInvalid(story: Story): Promise<void> {
  const { narrator, estate } = story;
  narrator.chapter('An invalid commit is refused with its line');
  await narrator.step('A commit asks for 2000 authorizations', () => pushInvalid(story));
  await narrator.step('Meanwhile', () => stillServes(story));
  await narrator.step('git revert', () => pushAndSettle(story, estate.repository.revertHead()));
}
