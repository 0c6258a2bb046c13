import { cp, mkdir, readdir, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { FairleadError } from '../../errors.js';
import type { Io } from '../io.js';

const starter = fileURLToPath(new URL('../../../examples/starter', import.meta.url));

async function refuseFull(directory: string): Promise<void> {
  const entries = await readdir(directory);
  const found = entries.filter((name) => name !== '.git');
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

async function runInit(io: Io, path: string): Promise<void> {
  const directory = resolve(io.cwd, path);
  await writeStarter(directory);
  io.out(`wrote a starter repository to ${directory}

next:
  cd ${path}
  fairlead validate .          it is valid as it stands
  git init -b main && git add . && git commit -m "Start"
  edit clusters/emea/*.yaml    your nodes, domains and UC servers
  fairlead plan --config fairlead.yaml
`);
}

export function addInit(program: Command, io: Io): void {
  program
    .command('init')
    .description('write a starter repository: one cluster, a shared base, a workflow for pull requests')
    .argument('[directory]', 'new or empty directory', '.')
    .action((path: string) => runInit(io, path));
}
