import { fingerprintsOf } from '../../src/model/fingerprints.js';
import type { SyncPolicySpec } from '../../src/model/generated/kinds.js';
import type { CommitInfo, Plan } from '../../src/model/plan.js';
import { newSnapshot, type Declaration, type Resource } from '../../src/model/snapshot.js';
import { parseResource } from '../../src/model/validate.js';
import { Secret } from '../../src/platform/secret.js';
import type { Driver, Observation } from '../../src/reconciler/driver/driver.js';
import { plan } from '../../src/reconciler/plan.js';
import { policyOf } from '../../src/reconciler/policy.js';
import { rolloutRequest } from '../../src/reconciler/rollout-request.js';
import type { RolloutRequest } from '../../src/reconciler/rollout/rollout.js';

export const never: AbortSignal = new AbortController().signal;

function resource(kind: string, name: string, spec: unknown): Resource {
  return parseResource({ apiVersion: 'fairlead.dev/v1', kind, metadata: { name }, spec }, 'rendered');
}

export function rateControl(limit: number): Resource {
  return resource('AuthorizationRateControl', 'default', { maximumAuthorizationsPerPeriod: limit });
}

export function domain(name: string, spec: unknown = {}): Resource {
  return resource('Domain', name, spec);
}

export function unifiedCm(fingerprint: string, publisher = 'cucm-pub.example.com'): Resource {
  const passwordRef = { env: 'FAIRLEAD_SECRET_CUCM', fingerprint };
  return resource('UnifiedCM', 'emea', { publisher, credentials: { username: 'reader', passwordRef } });
}

export function commitOf(digit: string): CommitInfo {
  return { id: digit.repeat(40), author: 'Ada', subject: `Commit ${digit}`, time: '2026-01-01T00:00:00.000Z' };
}

export function declaration(commit: CommitInfo, resources: readonly Resource[], policy: unknown = {}): Declaration {
  const all = [...resources, resource('SyncPolicy', 'default', policy)];
  return { ...newSnapshot(commit.id, all), cluster: 'lab', sources: new Map() };
}

/** The values behind every fingerprint of some resources: `value of` and the fingerprint. */
function secretsOf(resources: Iterable<Resource>): ReadonlyMap<string, Secret> {
  const fingerprints = [...resources].flatMap((one) => [...fingerprintsOf(one).values()]);
  return new Map(fingerprints.map((fingerprint) => [fingerprint, new Secret(`value of ${fingerprint}`)]));
}

export interface Planned {
  readonly plan: Plan;
  readonly policy: SyncPolicySpec;
  readonly observation: Observation;
  readonly request: RolloutRequest;
}

/** Plans from what a driver observes to what is declared. */
export async function planFor(driver: Driver, desired: Declaration, commit: CommitInfo): Promise<Planned> {
  const observation = await driver.observe(never);
  const policy = policyOf(desired);
  const made = plan(desired, observation, policy, { commit, commits: new Map(), nowMs: 0, isAsked: true });
  const secrets = secretsOf(desired.resources.values());
  return { plan: made, policy, observation, request: rolloutRequest(made, observation, secrets, policy) };
}
