import { FairleadError } from '../../errors.js';
import type { Decision } from './rollout-journal.js';
import type { NodeOutcome } from './settlement.js';

/** How a rollout ended. */
export type RolloutOutcome =
  | {
      readonly state: 'applied';
      readonly decision: 'confirm';
      readonly nodes: readonly NodeOutcome[];
      readonly settled: true;
    }
  | {
      /** `refused`: no node was changed at all. */
      readonly state: 'rolled-back' | 'refused' | 'partial';
      readonly decision: Decision;
      readonly error: FairleadError;
      readonly nodes: readonly NodeOutcome[];
      /** False while a node that does nothing by itself still waits to be put right: the journal stays open. */
      readonly settled: boolean;
    };

export const nothingApplied: RolloutOutcome = { state: 'applied', decision: 'confirm', nodes: [], settled: true };

function partial(
  decision: Decision,
  message: string,
  nodes: readonly NodeOutcome[],
  cause?: FairleadError,
): RolloutOutcome {
  const details = nodes.flatMap(({ node, state, reason, resources = [] }) => [
    { place: node, message: reason === undefined ? state : `${state}: ${reason}` },
    ...resources.map((one) => ({
      place: `${node} ${one.key}`,
      message: [one.state, one.reason ?? []].flat().join(': '),
    })),
  ]);
  const error = new FairleadError('apply.partial', message, { details, cause });
  return { state: 'partial', decision, error, nodes, settled: nodes.every(({ state }) => state !== 'unknown') };
}

/** Judges what the confirms of a decided plan left; a lost node catches up later. */
export function confirmed(nodes: readonly NodeOutcome[], lost: ReadonlySet<string>): RolloutOutcome {
  const wrong = nodes.filter(({ node, state }) => state !== 'confirmed' && !lost.has(node));
  if (wrong.length === 0) return { state: 'applied', decision: 'confirm', nodes, settled: true };
  const names = wrong.map(({ node }) => node).join(', ');
  return partial('confirm', `the plan was decided, but not all nodes have confirmed it: ${names}`, nodes);
}

/** Judges what the reverts of a plan left. */
export function rolledBack(error: FairleadError, nodes: readonly NodeOutcome[]): RolloutOutcome {
  if (nodes.length === 0) return { state: 'refused', decision: 'revert', error, nodes, settled: true };
  const wrong = nodes.filter(({ state }) => state !== 'reverted' && state !== 'left');
  if (wrong.length === 0) return { state: 'rolled-back', decision: 'revert', error, nodes, settled: true };
  const names = wrong.map(({ node }) => node).join(', ');
  return partial(
    'revert',
    `the change could not be rolled back everywhere: ${names}; it failed because ${error.message}`,
    nodes,
    error,
  );
}
