import { readFile } from 'node:fs/promises';
import { expectStatus } from '../expect.js';
import { files } from '../documents.js';
import { type Story, pushAndSettle, reported } from '../story.js';

interface Harm {
  readonly title: string;
  commit(story: Story): Promise<string>;
}

async function otherAuthority({ estate }: Story): Promise<string> {
  return await readFile(estate.paths.certificates.unrelatedAuthority.certFile, 'utf8');
}

const harms: readonly Harm[] = [
  {
    title: 'A publisher that is not there',
    commit: ({ estate: { repository, layout } }) =>
      repository.edit(
        'Move the publisher',
        files.unifiedCm,
        `publisher: ${layout.ucHosts[0] ?? ''}`,
        'publisher: cucm-9.lab.example',
      ),
  },
  {
    title: 'A CA that did not sign the publisher',
    commit: async (story) => {
      const { repository } = story.estate;
      const text = await repository.read(files.unifiedCm);
      const indent = (pem: string) => pem.trim().split('\n').join('\n      ');
      const other = text.replace(
        /-----BEGIN CERTIFICATE-----[^]*-----END CERTIFICATE-----/,
        indent(await otherAuthority(story)),
      );
      return await repository.commit('Trust another CA', { [files.unifiedCm]: other });
    },
  },
  {
    title: 'An allow list that shuts the clients out',
    commit: async ({ estate: { repository } }) => {
      const text = await repository.read(files.allowList);
      return await repository.commit('Tidy up the allow list', {
        [files.allowList]: text.replaceAll('/cucm-uds', '/cucm-uds-old'),
      });
    },
  },
];

async function pushHarm(story: Story, harm: Harm): Promise<string> {
  const commit = await harm.commit(story);
  await story.reconciler.push();
  const report = await reported(story, commit, 'rolled-back');
  expectStatus(await story.client.fetchUds('user/ada/devices'), 200);
  return `rolled back by itself: ${report.reason}\nada's session went on: 200`;
}

/** Commits that are valid and would break service fail the ordinary probes. */
export async function tellHarmful(story: Story): Promise<void> {
  const { narrator, estate } = story;
  narrator.chapter('Valid but harmful commits roll back by themselves');
  for (const harm of harms) {
    await narrator.step(harm.title, () => pushHarm(story, harm));
    await narrator.step('git revert', () => pushAndSettle(story, estate.repository.revertHead()));
  }
}
