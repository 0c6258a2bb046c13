import { resolve } from 'node:path';
import type { OnceRequest, OnceResult } from '../reconciler/once.js';
import { crashHookOf } from './crash-points.js';
import type { Io } from './io.js';
import { newProgress, progressLog } from './progress.js';

/**
 * Plans or applies once with a configuration file, telling the progress on standard error.
 * @throws FairleadError `node.config`, and what `reconcileOnce` throws
 */
export async function passOnce(
  io: Io,
  configFile: string,
  request: Omit<OnceRequest, 'signal' | 'onCluster'>,
): Promise<OnceResult> {
  const [{ readReconcilerConfig }, { reconcileOnce }] = await Promise.all([
    import('../reconciler/config.js'),
    import('../reconciler/once.js'),
  ]);
  const config = await readReconcilerConfig(resolve(io.cwd, configFile));
  const progress = newProgress(io);
  const crash = crashHookOf(io);
  const deps = { clock: io.clock, log: progressLog(progress), environment: io.env, ...(crash && { crash }) };
  try {
    progress.step(`reading ${config.source.url.text}`);
    const verb = request.intent === 'plan' ? 'planning' : 'applying';
    const onCluster = (cluster: string) => progress.step(`${verb} ${cluster}`);
    return await reconcileOnce(config, { ...request, signal: io.signal, onCluster }, deps);
  } finally {
    progress.done();
  }
}
