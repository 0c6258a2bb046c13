import type { FairleadError } from '../../errors.js';
import { visible } from '../../model/visible.js';
import { planText } from '../../reconciler/output/plan-text.js';
import { textProblems } from '../../reconciler/output/problems-text.js';
import type { Style } from '../../reconciler/output/style.js';
import { errorOf } from '../../reconciler/pass-outcome.js';
import type { PassOutcome } from '../../reconciler/pass-outcome.js';
import type { NodeOutcome } from '../../reconciler/rollout/settlement.js';

/** How a pass ended, where its plan alone does not say it. */
const verdicts: Readonly<Partial<Record<PassOutcome['state'], string>>> = {
  invalid: 'the repository is invalid, so nothing is planned',
  applied: 'applied',
  'rolled-back': 'rolled back, the nodes run what they ran before',
  partial: 'PARTIAL, the nodes are in more than one state',
  error: 'nothing was changed',
};

function errorLines({ code, message, mend, details }: FairleadError, style: Style): readonly string[] {
  return [
    `  ${style.red(code)}: ${visible(message)}`,
    ...details.map((detail) => `    ${visible(detail.place)}: ${visible(detail.message)}`),
    `    ${style.cyan(`mend: ${visible(mend)}`)}`,
  ];
}

function nodeLine({ node, state, reason }: NodeOutcome): string {
  return visible(`  ${node}: ${state}${reason === undefined ? '' : ` (${reason})`}`);
}

function verdictLines(cluster: string, outcome: PassOutcome, style: Style): readonly string[] {
  const verdict = verdicts[outcome.state];
  if (verdict === undefined) return [];
  const paint = outcome.state === 'applied' ? style.green : style.red;
  const nodes = 'nodes' in outcome ? (outcome.nodes ?? []) : [];
  const error = errorOf(outcome);
  return [
    `${style.bold(visible(cluster))}: ${paint(verdict)}`,
    ...nodes.map(nodeLine),
    ...(error === undefined ? [] : errorLines(error, style)),
    '',
  ];
}

/** What came of one cluster, for people: its plan, then how the pass ended. */
export function outcomeText(cluster: string, outcome: PassOutcome, style: Style): string {
  const plan = 'findings' in outcome ? planText(outcome.findings.plan, style) : '';
  const problems = outcome.state === 'invalid' ? textProblems(outcome.problems, style) : '';
  return plan + problems + verdictLines(cluster, outcome, style).join('\n');
}
