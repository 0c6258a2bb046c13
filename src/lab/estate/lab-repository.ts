import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { FairleadError } from '../../errors.js';

const run = promisify(execFile);
const longestOutputBytes = 64 * 1024 * 1024;

const labAuthor = { name: 'Ada Engineer', email: 'ada@example.com' } as const;

/** Fixed, so that no configuration of the machine shows in a lab repository. */
const environment = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
  HOME: '/dev/null',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: labAuthor.name,
  GIT_AUTHOR_EMAIL: labAuthor.email,
  GIT_COMMITTER_NAME: labAuthor.name,
  GIT_COMMITTER_EMAIL: labAuthor.email,
} as const;

/** Files by their path in the repository; undefined removes one. */
export type FileChanges = Readonly<Record<string, string | undefined>>;

/** A Git repository of the lab with its files checked out, on branch main. */
export class LabRepository {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes an empty repository in the directory, which is made when missing; authors are known for commits by hand. */
  async create(): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await this.git('init', '--quiet', '--initial-branch=main');
    await this.git('config', 'user.name', labAuthor.name);
    await this.git('config', 'user.email', labAuthor.email);
  }

  /** Writes files and commits everything that changed; gives the commit, 40 hex digits. */
  async commit(subject: string, changes: FileChanges = {}): Promise<string> {
    for (const [path, content] of Object.entries(changes)) await this.#write(path, content);
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', `--message=${subject}`);
    return await this.head();
  }

  /** Replaces a text that stands in a file, and commits. */
  async edit(subject: string, path: string, before: string, after: string): Promise<string> {
    const content = await this.read(path);
    if (!content.includes(before)) throw new FairleadError('lab.unexpected', `${path} does not hold "${before}"`);
    return await this.commit(subject, { [path]: content.replace(before, after) });
  }

  async read(path: string): Promise<string> {
    return await readFile(join(this.directory, path), 'utf8');
  }

  async head(): Promise<string> {
    return await this.git('rev-parse', 'HEAD');
  }

  /** Takes the changes of the newest commit back in another one. */
  async revertHead(): Promise<string> {
    await this.git('revert', '--no-edit', 'HEAD');
    return await this.head();
  }

  /**
   * Runs git in the repository and gives what it printed, without the last line end.
   * @throws FairleadError `lab.unexpected` with what git said.
   */
  async git(...args: readonly string[]): Promise<string> {
    const options = { cwd: this.directory, env: environment, maxBuffer: longestOutputBytes };
    try {
      const { stdout } = await run('git', args, options);
      return stdout.trimEnd();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new FairleadError('lab.unexpected', message.slice(0, 1000), { cause: error });
    }
  }

  async #write(path: string, content: string | undefined): Promise<void> {
    const file = join(this.directory, path);
    if (content === undefined) {
      await rm(file);
      return;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
