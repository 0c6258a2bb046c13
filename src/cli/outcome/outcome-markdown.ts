import type { FairleadError } from '../../errors.js';
import type { Problem } from '../../model/problem.js';
import { codeText, proseText } from '../../reconciler/output/markdown.js';
import { planMarkdown } from '../../reconciler/output/plan-markdown.js';
import { placeText } from '../../reconciler/output/problems-text.js';
import { errorOf } from '../../reconciler/pass-outcome.js';
import type { PassOutcome } from '../../reconciler/pass-outcome.js';

const mostProblems = 50;

function problemLine({ file, line, column, message, mend }: Problem): string {
  return `- ${codeText(placeText({ path: file, line, column }))} ${proseText(message)}. ${proseText(mend)}\n`;
}

function problemList(problems: readonly Problem[]): string {
  const more = problems.length - mostProblems;
  const shown = problems.slice(0, mostProblems).map(problemLine).join('');
  return more > 0 ? `${shown}- and ${more} more\n` : shown;
}

function errorText({ code, message, mend }: FairleadError): string {
  return `> [!CAUTION]\n> ${codeText(code)} ${proseText(message)}. ${proseText(mend)}\n`;
}

function outcomeMarkdown(cluster: string, outcome: PassOutcome): string {
  if (outcome.state === 'invalid') return `### ${codeText(cluster)}: invalid\n\n${problemList(outcome.problems)}`;
  const error = errorOf(outcome);
  if (error !== undefined) return `### ${codeText(cluster)}: ${outcome.state}\n\n${errorText(error)}`;
  return 'findings' in outcome ? planMarkdown(outcome.findings.plan) : '';
}

/** The plans of all clusters for a pull request or a job summary; clusters without a change share a line. */
export function outcomesMarkdown(outcomes: ReadonlyMap<string, PassOutcome>): string {
  const idle = [...outcomes].filter(([, { state }]) => state === 'nothing').map(([cluster]) => codeText(cluster));
  const busy = [...outcomes].filter(([, { state }]) => state !== 'nothing');
  const sections = busy.map(([cluster, outcome]) => outcomeMarkdown(cluster, outcome));
  return [...sections, ...(idle.length === 0 ? [] : [`No changes: ${idle.join(', ')}\n`])].join('\n');
}
