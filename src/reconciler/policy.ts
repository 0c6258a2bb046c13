import { defaultResource } from '../model/defaults.js';
import type { SyncPolicySpec } from '../model/generated/kinds.js';
import { singleOf } from '../model/snapshot.js';
import type { Snapshot } from '../model/snapshot.js';

let defaults: SyncPolicySpec | undefined;

/** The policy that a declaration holds; every default where it holds none. */
export function policyOf(declaration: Snapshot): SyncPolicySpec {
  const declared = singleOf(declaration, 'SyncPolicy');
  if (declared !== undefined) return declared.spec;
  defaults ??= defaultResource('SyncPolicy').spec;
  return defaults;
}
