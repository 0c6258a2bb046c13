import type { Change } from '../../model/change.js';
import type { Blocker, Plan, PlannedChange } from '../../model/plan.js';
import { visible } from '../../model/visible.js';
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
import { plainStyle } from './style.js';
import type { Style } from './style.js';

type Paint = (text: string) => string;

const signs = { create: '+', update: '~', delete: '-' } as const;

function paintOf(action: Change['action'], style: Style): Paint {
  return { create: style.green, update: style.yellow, delete: style.red }[action];
}

function diffLine(line: string, style: Style): string {
  if (line.startsWith('+')) return style.green(line);
  if (line.startsWith('-')) return style.red(line);
  return line.startsWith('@@') ? style.cyan(line) : line;
}

function diffLines(change: Change, style: Style): readonly string[] {
  const lines = resourceDiff(change).trimEnd().split('\n');
  return lines.map((line) => `      ${diffLine(line, style)}`.trimEnd());
}

function changeLines({ change, cause, interrupts, source }: PlannedChange, style: Style): readonly string[] {
  const place = source === undefined ? '' : ` (${placeText(source)})`;
  const { action, key } = change;
  return [
    `  ${paintOf(action, style)(`${signs[action]} ${visible(key)}`)}  ${style.dim(interruptionText(interrupts))}`,
    `    ${causeText(cause)}${place}`,
    ...diffLines(change, style),
  ];
}

function groupLines(group: NodeGroup, style: Style): readonly string[] {
  const { changes, reported } = group.part;
  const unmanaged = unmanagedText(group.part);
  return [
    '',
    style.bold(groupText(group)),
    ...changes.flatMap((one) => changeLines(one, style)),
    ...(reported.length === 0 ? [] : ['  only reported, not changed:']),
    ...reported.flatMap((one) => changeLines(one, style)),
    ...(unmanaged === undefined ? [] : [`  ${style.dim(unmanaged)}`]),
  ];
}

function blockerLines(blockers: readonly Blocker[], style: Style): readonly string[] {
  if (blockers.length === 0) return [];
  const lines = blockers.flatMap(({ code, message, mend }) => [
    `  ${style.red(code)}: ${visible(message)}`,
    `    ${style.cyan(`mend: ${visible(mend)}`)}`,
  ]);
  return ['', style.bold(style.red(`BLOCKED by ${counted(blockers.length, 'reason')}`)), ...lines];
}

function totalLines(plan: Plan): readonly string[] {
  const { refreshes, nodes, impact } = plan;
  if (nodes.every(({ changes }) => changes.length === 0)) return [];
  return [
    '',
    ...(refreshes.length === 0 ? [] : [`reads again: ${refreshes.map(visible).join(', ')}`]),
    `impact: ${impactText(impact)}`,
    `plan ${plan.id}`,
  ];
}

/** A plan for people: what blocks it first, then node by node what changes and why, then who feels it. */
export function planText(plan: Plan, style: Style = plainStyle): string {
  const title = `${visible(plan.cluster)} to commit ${visible(shortCommit(plan.target))}: ${summaryText(plan)}`;
  return [
    style.bold(title),
    ...blockerLines(plan.blockers, style),
    ...groupNodes(plan.nodes).flatMap((group) => groupLines(group, style)),
    ...totalLines(plan),
    '',
  ].join('\n');
}
