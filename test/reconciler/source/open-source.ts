import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../../../src/platform/clock.js';
import { silentLog } from '../../../src/platform/log.js';
import { parseReconcilerConfig } from '../../../src/reconciler/config.js';
import { openGitSource } from '../../../src/reconciler/source/git-source.js';
import type { Source } from '../../../src/reconciler/source/source.js';

export const signal: AbortSignal = new AbortController().signal;

/** Opens the source that the `source` part of a configuration describes, and closes it with the test. */
export async function openSource(
  t: TestContext,
  directory: string,
  source: Readonly<Record<string, unknown>>,
): Promise<Source> {
  const text = JSON.stringify({ source, stateDir: 'state' });
  const config = parseReconcilerConfig(text, join(directory, 'fairlead.yaml'));
  const opened = await openGitSource({
    source: config.source,
    stateDir: config.stateDir,
    clock: systemClock,
    log: silentLog,
  });
  t.after(() => opened.close());
  return opened;
}
