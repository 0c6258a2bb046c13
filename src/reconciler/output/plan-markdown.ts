import type { Blocker, Plan, PlannedChange } from '../../model/plan.js';
import { fit } from './fitting.js';
import type { Section } from './fitting.js';
import { codeBlock, codeText, htmlText, proseText } from './markdown.js';
import {
  causeText,
  groupNodes,
  groupText,
  impactText,
  interruptionText,
  shortCommit,
  summaryText,
  unmanagedText,
} from './plan-words.js';
import type { NodeGroup } from './plan-words.js';
import { counted, placeText } from './problems-text.js';
import { resourceDiff } from './resource-diff.js';

/** Forges refuse comments of more than 64 KiB; the rest is left for what is written around the plan. */
const defaultLimitBytes = 60 * 1024;
const cutLineBytes = 160;
const mostRefreshes = 20;

function blockerSection(blockers: readonly Blocker[]): readonly Section[] {
  if (blockers.length === 0) return [];
  const opening = `> [!CAUTION]\n> **Blocked** by ${counted(blockers.length, 'reason')}:\n>\n`;
  const parts = blockers.map(
    ({ code, message, mend }) => `> - ${codeText(code)} ${proseText(message)}. ${proseText(mend)}\n`,
  );
  return [{ opening, parts, closing: '\n' }];
}

function changePart({ change, cause, interrupts, source }: PlannedChange, note = ''): string {
  const place = source === undefined ? '' : ` at ${codeText(placeText(source))}`;
  const title = `**${change.action}** ${codeText(change.key)}, ${interruptionText(interrupts)}${note}`;
  return `${title}\\\n${codeText(causeText(cause))}${place}\n\n${codeBlock('diff', resourceDiff(change))}\n`;
}

function groupSection(group: NodeGroup): Section {
  const { changes, reported } = group.part;
  const unmanaged = unmanagedText(group.part);
  const parts = [
    ...changes.map((one) => changePart(one)),
    ...reported.map((one) => changePart(one, '; only reported, not changed')),
    ...(unmanaged === undefined ? [] : [`${proseText(unmanaged)}\n\n`]),
  ];
  const title = htmlText(groupText(group));
  if (parts.length === 0) return { opening: `${title}\n\n`, parts, closing: '' };
  return { opening: `<details><summary>${title}</summary>\n\n`, parts, closing: '</details>\n\n' };
}

function footOf({ id, refreshes, impact }: Plan): string {
  const named = refreshes.slice(0, mostRefreshes).map(codeText).join(', ');
  const more = refreshes.length > mostRefreshes ? ` and ${refreshes.length - mostRefreshes} more` : '';
  const reads = named === '' ? '' : `Reads again: ${named}${more}. `;
  return `${reads}Impact: ${impactText(impact)}.\n\nPlan ${codeText(id)}\n`;
}

/** A plan for a pull request or a job summary, in at most `limitBytes` of UTF-8; where something is left out, it says so. */
export function planMarkdown(plan: Plan, limitBytes: number = defaultLimitBytes): string {
  const title = `### ${codeText(plan.cluster)} to ${codeText(shortCommit(plan.target))}: ${summaryText(plan)}\n\n`;
  const foot = footOf(plan);
  const sections = [...blockerSection(plan.blockers), ...groupNodes(plan.nodes).map(groupSection)];
  const { text, leftOut } = fit(sections, limitBytes - Buffer.byteLength(title + foot) - cutLineBytes);
  const cut = `**Cut here: ${counted(leftOut, 'part')} did not fit.** The JSON form of the plan has everything.\n\n`;
  return `${title}${text}${leftOut === 0 ? '' : cut}${foot}`;
}
