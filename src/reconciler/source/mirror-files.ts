import { access, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from './git.js';
import type { GitEnvironment } from './git-environment.js';

/** Files that a killed git leaves behind and that keep the next one from working, or only take up room. */
function isLeftover(name: string): boolean {
  return name.endsWith('.lock') || /(?:^|\/)(?:tmp_|gc\.pid$|incoming-)/.test(name);
}

/** Removes what a killed git left in a mirror, and what is no directory at all; only the process that owns it may. */
export async function removeLeftovers(directory: string): Promise<void> {
  const isDirectory = await stat(directory)
    .then((found) => found.isDirectory())
    .catch(() => false);
  if (!isDirectory) await rm(directory, { force: true });
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  for (const name of names.filter(isLeftover)) await rm(join(directory, name), { recursive: true, force: true });
}

/** Removes the mirrors of sources that are no longer followed. */
export async function removeOtherMirrors(parent: string, kept: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const others = names.filter((name) => name.endsWith('.git') && name !== kept);
  for (const name of others) await rm(join(parent, name), { recursive: true, force: true });
}

/** Tells whether a mirror was made at all, sound or not. */
export async function isMirror(directory: string): Promise<boolean> {
  return await access(join(directory, 'HEAD')).then(
    () => true,
    () => false,
  );
}

/** Makes an empty bare repository without templates and hooks; an existing one is kept. */
export async function makeMirror(directory: string, environment: GitEnvironment, signal: AbortSignal): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await git(directory, ['init', '--quiet', '--bare', '--template=', '.'], environment, signal);
}
