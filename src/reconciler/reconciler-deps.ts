import { join } from 'node:path';
import type { Clock } from '../platform/clock.js';
import type { Log } from '../platform/log.js';
import type { ReconcilerConfig } from './config.js';
import type { CrashHook } from './crash-hook.js';
import type { SecretResolver } from './pass.js';
import { openGitSource } from './source/git-source.js';
import { newSecretResolver } from './source/secrets.js';
import type { Source } from './source/source.js';

/** What a reconciler takes from the process it runs in. */
export interface ReconcilerDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Only `FAIRLEAD_SECRET_*` is read, and `PATH` to find git and ssh. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told before each step whose interruption must be survivable. */
  readonly crash?: CrashHook;
}

/** Opens the configured source; `name` tells its place below the state directory. */
export function openSource(
  config: ReconcilerConfig,
  name: string,
  { clock, log, environment }: ReconcilerDeps,
): Promise<Source> {
  const { PATH: searchPath } = environment;
  const stateDir = join(config.stateDir, name);
  return openGitSource({
    source: config.source,
    stateDir,
    clock,
    log,
    ...(searchPath === undefined ? {} : { searchPath }),
  });
}

/** The resolver of the configured secrets. */
export function secretResolverOf(
  { stateDir, secretsDir }: ReconcilerConfig,
  unresolved: 'refuse' | 'mark',
  { environment, log }: ReconcilerDeps,
): SecretResolver {
  return newSecretResolver({ stateDir, secretsDir, environment, log, unresolved });
}
