import type { SyncPolicySpec } from '../model/generated/kinds.js';
import type { Declaration } from '../model/snapshot.js';
import type { Clock } from '../platform/clock.js';
import type { Log } from '../platform/log.js';
import type { Secret } from '../platform/secret.js';
import type { ClusterState } from './cluster-state.js';
import type { DriverSlot } from './driver/driver-slot.js';
import type { Driver } from './driver/driver.js';
import type { RolloutContext } from './rollout/rollout-context.js';
import type { Source, SourceReading } from './source/source.js';

/** A declaration whose secret references carry fingerprints, and the values behind these. */
export interface ResolvedDeclaration {
  readonly declaration: Declaration;
  /** By fingerprint. */
  readonly secrets: ReadonlyMap<string, Secret>;
}

/** Finds the values of all secret references. @throws FairleadError `secret.unresolved`, `secret.refused` */
export type SecretResolver = (declaration: Declaration, signal: AbortSignal) => Promise<ResolvedDeclaration>;

/** Everything one pass of one cluster works with. */
export interface Pass {
  readonly cluster: string;
  readonly reading: SourceReading;
  readonly intent: 'apply' | 'plan';
  /** An operator asks for it: windows do not hold it up, and what failed before is tried again. */
  readonly isAsked: boolean;
  /** Only the plan with this id may be applied. */
  readonly expectedPlanId?: string | undefined;
  /** A plan that is only looked at takes secrets for unchanged instead of comparing them. */
  readonly assumesSecrets?: boolean | undefined;
  readonly state: ClusterState;
  readonly drivers: DriverSlot;
  readonly resolve: SecretResolver;
  readonly source: Pick<Source, 'commitsOf'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts when the program stops. */
  readonly stop: AbortSignal;
  /** Aborts when the program stops or a newer revision is there. */
  readonly hurry: AbortSignal;
}

/** What the rollout of a pass works with. */
export function rolloutContext(pass: Pass, driver: Driver, { rollout }: SyncPolicySpec): RolloutContext {
  const { state, clock, log, stop, hurry } = pass;
  return { driver, journal: state.journal, policy: rollout, clock, log, stop, hurry };
}
