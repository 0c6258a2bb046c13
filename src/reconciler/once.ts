import { asFairleadError, FairleadError } from '../errors.js';
import { openClusterState } from './cluster-state.js';
import type { ReconcilerConfig } from './config.js';
import { noCrash } from './crash-hook.js';
import { DriverSlot } from './driver/driver-slot.js';
import type { PassOutcome } from './pass-outcome.js';
import type { Pass } from './pass.js';
import { reconcile } from './reconcile.js';
import { openSource, secretResolverOf, type ReconcilerDeps } from './reconciler-deps.js';
import { emptinessOf, type Source, type SourceReading } from './source/source.js';
import { lockState } from './state-lock.js';

/** What an operator asks for. */
export interface OnceRequest {
  readonly intent: 'plan' | 'apply';
  /** Only this cluster; all of the source unless it is given. */
  readonly cluster?: string | undefined;
  /** Only the plan with this id may be applied. */
  readonly expectedPlanId?: string | undefined;
  /** A plan that is only looked at does without secrets that are not at hand. */
  readonly withoutSecrets?: boolean | undefined;
  readonly signal: AbortSignal;
  /** Told before each cluster is begun. */
  readonly onCluster?: (cluster: string) => void;
}

/** What came of one pass over each cluster. */
export interface OnceResult {
  readonly reading: SourceReading;
  /** In the order of their names. */
  readonly outcomes: ReadonlyMap<string, PassOutcome>;
}

function clustersOf({ result }: SourceReading, wanted: string | undefined): readonly string[] {
  const names = [...new Set([...result.clusters.keys(), ...result.refused])].toSorted();
  if (wanted === undefined) return names;
  if (names.includes(wanted)) return [wanted];
  throw new FairleadError(
    'cli.usage',
    `the repository declares no cluster "${wanted}"; it declares ${names.join(', ')}`,
  );
}

async function passOver(
  cluster: string,
  shared: Pick<Pass, 'reading' | 'resolve' | 'source'>,
  request: OnceRequest,
  { stateDir }: ReconcilerConfig,
  { clock, log, crash = noCrash }: ReconcilerDeps,
): Promise<PassOutcome> {
  const { intent, expectedPlanId, withoutSecrets, signal } = request;
  const state = await openClusterState(stateDir, cluster, crash);
  const drivers = new DriverSlot({ clock, log, crash, directory: state.directory });
  try {
    const assumesSecrets = intent === 'plan' && withoutSecrets === true;
    const pass = { ...shared, cluster, intent, expectedPlanId, assumesSecrets, state, drivers, clock, log };
    return await reconcile({ ...pass, isAsked: true, stop: signal, hurry: signal });
  } catch (error) {
    // What one cluster fails with is no reason to leave the others alone.
    signal.throwIfAborted();
    return { state: 'error', error: asFairleadError(error) };
  } finally {
    await drivers.close();
    await state.journal.close();
  }
}

async function passOverAll(
  source: Source,
  request: OnceRequest,
  config: ReconcilerConfig,
  deps: ReconcilerDeps,
): Promise<OnceResult> {
  const reading = await source.read(request.signal);
  const emptiness = emptinessOf(reading);
  if (emptiness !== undefined) throw emptiness;
  const unresolved = request.intent === 'plan' && request.withoutSecrets === true ? 'mark' : 'refuse';
  const resolve = secretResolverOf(config, unresolved, deps);
  const outcomes = new Map<string, PassOutcome>();
  for (const cluster of clustersOf(reading, request.cluster)) {
    // What came of the clusters before is worth telling.
    if (request.signal.aborted && outcomes.size > 0) break;
    request.onCluster?.(cluster);
    outcomes.set(cluster, await passOver(cluster, { reading, resolve, source }, request, config, deps));
  }
  return { reading, outcomes };
}

/**
 * Plans or applies once, as an operator asks: windows do not hold it up, and what failed before is tried again.
 * A plan is made beside a running daemon; an apply needs the state directory for itself.
 * Asked to stop, it gives what came of the clusters so far.
 * @throws FairleadError `state.locked`, `cli.usage`, and those of the source; the reason of the signal
 */
export async function reconcileOnce(
  config: ReconcilerConfig,
  request: OnceRequest,
  deps: ReconcilerDeps,
): Promise<OnceResult> {
  const lock = request.intent === 'apply' ? await lockState(config.stateDir) : undefined;
  try {
    const source = await openSource(config, request.intent === 'apply' ? '.' : 'planning', deps);
    return await passOverAll(source, request, config, deps).finally(() => source.close());
  } finally {
    await lock?.release();
  }
}
