import { cp, mkdir, readdir, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { asFairleadError, FairleadError } from '../../errors.js';
import { printJson } from '../io.js';
import type { Io } from '../io.js';
import { outputOption } from '../options.js';
import type { OutputOptions } from '../options.js';
import { teach } from '../teaching.js';

const starter = fileURLToPath(new URL('../../../examples/starter', import.meta.url));

/** Entries that a directory may have before; none of them is touched. */
const harmless: ReadonlySet<string> = new Set(['.git']);

async function refuseFull(directory: string): Promise<void> {
  const found = (await readdir(directory)).filter((name) => !harmless.has(name));
  if (found.length === 0) return;
  throw new FairleadError('cli.usage', `${directory} is not empty: it holds ${found.slice(0, 3).join(', ')}`, {
    mend: 'Name a new or empty directory.',
  });
}

async function writeStarter(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await refuseFull(directory);
  await cp(starter, directory, { recursive: true, errorOnExist: true, force: false });
  // npm leaves files of that name out of a package, so the starter carries it under another one.
  await rename(join(directory, '_gitignore'), join(directory, '.gitignore'));
}

function nextSteps(directory: string, path: string): string {
  return `wrote a starter repository to ${directory}

next:
  cd ${path}
  fairlead validate .          it is valid as it stands
  git init -b main && git add . && git commit -m "Start"
  edit clusters/emea/*.yaml    your nodes, domains and UC servers
  fairlead plan                what would change, on which node, and why
`;
}

async function runInit(io: Io, path: string, { output }: OutputOptions): Promise<void> {
  const directory = resolve(io.cwd, path);
  try {
    await writeStarter(directory);
  } catch (error) {
    if (error instanceof FairleadError) throw error;
    const { message } = asFairleadError(error);
    throw new FairleadError('cli.usage', `could not write a starter repository to ${directory}: ${message}`, {
      cause: error,
      mend: 'Name a directory that can be written.',
    });
  }
  if (output === 'json') printJson(io, { directory });
  else io.out(nextSteps(directory, path));
}

export function addInit(program: Command, io: Io): void {
  const command = program
    .command('init')
    .description('write a starter repository')
    .argument('[directory]', 'new or empty directory', '.')
    .addOption(outputOption())
    .action((path: string, options: OutputOptions) => runInit(io, path, options));
  teach(command, {
    text: `It holds one cluster with an edge and a core, a base that clusters inherit
from, the configuration of the reconciler (fairlead.yaml), and a workflow that
checks pull requests.`,
    examples: [
      ['fairlead init ./mra', 'in a new directory'],
      ['git init -b main mra && fairlead init mra', 'in an empty Git repository'],
    ],
  });
}
