import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Secret } from '../../platform/secret.js';
import type { Log } from '../../platform/log.js';
import type { SecretReference } from './secret-reference.js';

/** What became of a reference; `message` tells neither the value nor anything of its content. */
export type SecretReading =
  | { readonly state: 'found'; readonly secret: Secret }
  | { readonly state: 'missing' | 'refused'; readonly message: string };

export interface SecretStoreOptions {
  /** The environment of the program. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absent, no file is read. */
  readonly secretsDir?: string | undefined;
  readonly log: Log;
}

const environmentPrefix = 'FAIRLEAD_SECRET_';
const largestSecret = 65_536;
const othersMask = 0o007;

function missing(message: string): SecretReading {
  return { state: 'missing', message };
}

function refused(message: string): SecretReading {
  return { state: 'refused', message };
}

function found(value: string, what: string): SecretReading {
  return value === '' ? missing(`${what} is empty`) : { state: 'found', secret: new Secret(value) };
}

/** Where secrets are found: `FAIRLEAD_SECRET_*` variables, and files below one directory. */
export class SecretStore {
  readonly #options: SecretStoreOptions;
  readonly #warned = new Set<string>();

  constructor(options: SecretStoreOptions) {
    this.#options = options;
  }

  /** Looks a secret up, afresh each time: a rotated one is found. Never rejects. */
  async read({ from, name }: Pick<SecretReference, 'from' | 'name'>): Promise<SecretReading> {
    return from === 'env' ? this.#readVariable(name) : await this.#readFile(name);
  }

  #readVariable(name: string): SecretReading {
    if (!name.startsWith(environmentPrefix)) return refused(`only variables named ${environmentPrefix}* are read`);
    const value = this.#options.environment[name];
    return value === undefined ? missing(`there is no variable ${name}`) : found(value, `the variable ${name}`);
  }

  async #readFile(name: string): Promise<SecretReading> {
    const { secretsDir } = this.#options;
    if (secretsDir === undefined) return missing('no secrets directory is configured, so no file is read');
    try {
      const [root, path] = await Promise.all([realpath(secretsDir), realpath(join(secretsDir, name))]);
      // Links are how secrets are swapped (Kubernetes does); out of the directory they would reach any file of the machine.
      if (!path.startsWith(root + sep)) return refused(`the file ${name} is not below the secrets directory`);
      return await this.#readRegular(path, name);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
      return missing(
        code === 'ENOENT'
          ? `there is no file ${name} below the secrets directory`
          : `the file ${name} cannot be read (${code})`,
      );
    }
  }

  async #readRegular(path: string, name: string): Promise<SecretReading> {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return refused(`${name} is not a file`);
      if (stat.size > largestSecret) return refused(`the file ${name} is larger than ${largestSecret} bytes`);
      if ((stat.mode & othersMask) !== 0) this.#warnOnce(path);
      const content = await handle.readFile();
      if (!isUtf8(content)) return refused(`the file ${name} is not text in UTF-8`);
      return found(content.toString('utf8').replace(/\r?\n$/, ''), `the file ${name}`);
    } finally {
      await handle.close();
    }
  }

  #warnOnce(path: string): void {
    if (this.#warned.has(path)) return;
    this.#warned.add(path);
    this.#options.log.warn({ path }, 'every user of this machine can read this file of a secret');
  }
}
