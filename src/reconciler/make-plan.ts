import { FairleadError } from '../errors.js';
import { identifyPlan, type Plan } from '../model/plan.js';
import type { Kind } from '../model/generated/kinds.js';
import type { Declaration } from '../model/snapshot.js';
import { pathsOf } from './cause.js';
import type { Observation } from './driver/driver.js';
import type { Revision } from './last-good.js';
import type { Pass } from './pass.js';
import { draftPlan, plan } from './plan.js';
import { policyOf } from './policy.js';
import { assumeFingerprints } from './source/secrets.js';

function kindsBefore({ state }: Pass): ReadonlySet<Kind> {
  const resources = state.lastGood.get()?.declaration.resources.values() ?? [];
  return new Set([...resources].map(({ kind }) => kind));
}

/** The files that the changes of a plan are written in: only of these the history is looked at. */
function changedPaths({ nodes }: Pick<Plan, 'nodes'>): readonly string[] {
  const changes = nodes.flatMap((node) => [...node.changes, ...node.reported]);
  return [...new Set(changes.flatMap(({ source }) => (source === undefined ? [] : pathsOf(source))))];
}

function withAssumedSecrets({ declaration }: Revision, { nodes }: Observation): Declaration {
  return assumeFingerprints(
    declaration,
    nodes.flatMap((node) => (node.reachable ? [node.snapshot] : [])),
  );
}

/**
 * Plans the way from what was observed to a revision, with the commits that ask for each change.
 * @throws FairleadError `plan.stale` when another plan was expected
 */
export async function makePlan(revision: Revision, observation: Observation, pass: Pass): Promise<Plan> {
  const { commit } = revision;
  const declaration = pass.assumesSecrets === true ? withAssumedSecrets(revision, observation) : revision.declaration;
  const policy = policyOf(declaration);
  const known = { commit, nowMs: pass.clock.nowMs(), isAsked: pass.isAsked, kindsBefore: kindsBefore(pass) };
  const draft = draftPlan(declaration, observation, policy, { ...known, commits: new Map() });
  const paths = changedPaths(draft);
  const commits = paths.length === 0 ? undefined : await pass.source.commitsOf(paths, commit.id, undefined, pass.stop);
  const made =
    commits === undefined ? identifyPlan(draft) : plan(declaration, observation, policy, { ...known, commits });
  if (pass.expectedPlanId === undefined || pass.expectedPlanId === made.id) return made;
  throw new FairleadError('plan.stale', `the plan would be ${made.id} now, not ${pass.expectedPlanId}`);
}
