import { expectStatus, described } from '../expect.js';
import { files } from '../documents.js';
import { type Story, pushAndSettle } from '../story.js';

function lowerLimit({ repository }: Story['estate']): Promise<string> {
  const [before, after] = ['maximumAuthorizationsPerPeriod: 3', 'maximumAuthorizationsPerPeriod: 2'];
  return repository.edit('Allow two authorizations per user', files.access, before, after);
}

async function spend({ client }: Story): Promise<string> {
  const second = await client.signIn();
  expectStatus(second, 200);
  const third = await client.signIn();
  expectStatus(third, 429);
  return `the second sign-in: ${described(second)}; the third: ${described(third)}; the call manager was not asked`;
}

async function tokenIsFree({ client }: Story): Promise<string> {
  const result = await client.fetchUds('user/ada/devices');
  expectStatus(result, 200);
  return 'a valid token costs nothing: 200';
}

/** A commit lowers a limit, and the counts that the nodes already have are kept. */
export async function tellLimit(story: Story): Promise<void> {
  const { narrator } = story;
  narrator.chapter('A commit changes what live proxies answer');
  await narrator.step('A commit lowers the authorizations per user from 3 to 2', () =>
    pushAndSettle(story, lowerLimit(story.estate)),
  );
  await narrator.step('Ada, who has used one, signs in twice more', () => spend(story));
  await narrator.step('Her session goes on', () => tokenIsFree(story));
}
