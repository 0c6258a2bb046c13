import { readdirSync, readFileSync } from 'node:fs';

const directory = new URL('../torture/', import.meta.url);

/** What becomes of a torture message: forwarded, refused with a status, or dropped. */
export type Treatment = 'passes' | 400 | 505 | 'dropped';

export interface TortureMessage {
  readonly name: string;
  readonly treatment: Treatment;
  readonly bytes: Buffer;
}

/** Every message of the corpus with the treatment that its README promises. */
export function readTortureCorpus(): readonly TortureMessage[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.dat'))
    .map((file) => {
      const name = file.slice(0, -4);
      return { name, treatment: promisedTreatment(name), bytes: readFileSync(new URL(file, directory)) };
    });
}

const promises = readFileSync(new URL('README.md', directory), 'utf8');

function promisedTreatment(name: string): Treatment {
  const [, promise] = new RegExp(`^\\| ${name} \\|.*\\| ([^|]*) \\|$`, 'm').exec(promises) ?? [];
  if (promise === undefined) throw new Error(`the README of the torture messages does not name ${name}`);
  if (promise.includes('passes')) return 'passes';
  if (promise === 'dropped') return 'dropped';
  return promise.endsWith('505') ? 505 : 400;
}
