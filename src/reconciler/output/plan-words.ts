import type { Interruption } from '../../model/change.js';
import { valueDigest } from '../../model/digest.js';
import type { ChangeCause, CommitInfo, Impact, NodePlan, Plan, PlannedChange, Traffic } from '../../model/plan.js';
import { listed } from '../../model/value-text.js';
import { visible } from '../../model/visible.js';
import { counted } from './problems-text.js';

/** Nodes that a plan does the same to. */
export interface NodeGroup {
  readonly names: readonly string[];
  /** The part of the first of them. */
  readonly part: NodePlan;
}

/** Nodes with equal parts, in the order of their first node. */
export function groupNodes(nodes: readonly NodePlan[]): readonly NodeGroup[] {
  const groups = new Map<string, { names: string[]; part: NodePlan }>();
  for (const part of nodes) {
    const { node, base, changes, reported, unmanaged } = part;
    const likeness = valueDigest({ reached: base !== undefined, changes, reported, unmanaged });
    const group = groups.get(likeness);
    if (group === undefined) groups.set(likeness, { names: [node.name], part });
    else group.names.push(node.name);
  }
  return [...groups.values()];
}

/** The seven digits by which people know a commit. */
export function shortCommit(id: string): string {
  return id.slice(0, 7);
}

function commitText({ id, author, subject }: CommitInfo): string {
  return `commit ${shortCommit(id)} ${visible(author)}: ${visible(subject)}`;
}

/** Why a change is in a plan, on one line. */
export function causeText(cause: ChangeCause): string {
  if (cause.type === 'commit') return commitText(cause.commit);
  if (cause.type === 'rotation') return 'a secret has a new value';
  const { edit } = cause;
  if (edit === undefined) return 'drift: not what the node was given';
  const verb = edit.action === 'put' ? 'edited' : 'deleted';
  return `drift: ${verb} by ${visible(edit.actor)} at ${visible(edit.time)}`;
}

const interruptionWords = {
  nothing: 'interrupts nothing',
  'new-sessions': 'interrupts new sessions',
  sessions: 'interrupts sessions',
} as const;

export function interruptionText(interrupts: Interruption): string {
  return interruptionWords[interrupts];
}

/** How many resources are created, updated and deleted; a resource that several nodes get counts once. */
function changesText(changes: readonly PlannedChange[]): string {
  const distinct = new Set(changes.map(({ change }) => `${change.action} ${change.key}`));
  const actions = [...distinct].map((text) => text.slice(0, text.indexOf(' ')));
  const parts = (['create', 'update', 'delete'] as const).flatMap((action) => {
    const count = actions.filter((one) => one === action).length;
    return count === 0 ? [] : [counted(count, action)];
  });
  return parts.length === 0 ? 'no changes' : listed(parts, 'and');
}

/** What a plan does and where, on one line. */
export function summaryText({ nodes, interrupts }: Plan): string {
  const changed = nodes.filter(({ changes }) => changes.length > 0);
  if (changed.length === 0) return 'no changes';
  const changes = changesText(changed.flatMap((node) => node.changes));
  return `${changes} on ${counted(changed.length, 'node')}, ${interruptionText(interrupts)}`;
}

const nobody = 'nobody';

function trafficText({ users, sessions, registrations, calls = 0 }: Traffic): string {
  const parts = [
    ...(users > 0 ? [counted(users, 'user')] : []),
    ...(sessions > 0 ? [counted(sessions, 'session')] : []),
    ...(registrations > 0 ? [counted(registrations, 'registration')] : []),
    ...(calls > 0 ? [counted(calls, 'call')] : []),
  ];
  return parts.length === 0 ? nobody : listed(parts, 'and');
}

/** Who feels a plan and who does not, on one line. */
export function impactText({ interrupted, onlyNewSessions, untouched, endedCalls = 0 }: Impact): string {
  const later = trafficText(onlyNewSessions);
  const untouchedOnes = trafficText(untouched);
  return [
    `${trafficText(interrupted)} interrupted`,
    ...(endedCalls === 0 ? [] : [`${counted(endedCalls, 'call')} of excluded endpoints ended`]),
    ...(later === nobody ? [] : [`${later} interrupted in new sessions only`]),
    ...(untouchedOnes === nobody ? [] : [`${untouchedOnes} untouched`]),
  ].join('; ');
}

/** What a group of nodes has to do, as a heading. */
export function groupText({ names, part }: NodeGroup): string {
  const who = names.map(visible).join(', ');
  if (part.base === undefined) return `${who}: did not answer, catching up later`;
  if (part.changes.length === 0) return `${who}: no changes`;
  return `${who}: ${names.length > 1 ? 'the same ' : ''}${counted(part.changes.length, 'change')}`;
}

/** What of a group of nodes the declaration leaves alone, on one line; undefined when there is nothing. */
export function unmanagedText({ unmanaged }: NodePlan): string | undefined {
  if (unmanaged.length === 0) return undefined;
  const kinds = new Set(unmanaged.map((key) => key.slice(0, key.indexOf('/'))));
  return `not managed, left alone: ${counted(unmanaged.length, 'resource')} (${[...kinds].toSorted().join(', ')})`;
}
