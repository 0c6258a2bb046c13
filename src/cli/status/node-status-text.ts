import type { NodeStatus } from '../../admin/contract.js';
import { visible } from '../../model/visible.js';
import { shortCommit } from '../../reconciler/output/plan-words.js';
import type { Style } from '../../reconciler/output/style.js';
import { table } from '../table.js';
import { maintenanceText } from './maintenance-text.js';

function readinessOf({ ready, notReadyReason = 'no reason given' }: NodeStatus, style: Style): string {
  return ready ? style.green('ready') : style.red(`not ready: ${visible(notReadyReason)}`);
}

function linkTable({ links }: NodeStatus, style: Style): readonly string[] {
  const rows = links.map(({ peer, service, state, since, reason = '' }) => [
    ...[visible(peer), state, service, since, visible(reason)],
  ]);
  const head = ['LINK TO', 'STATE', 'CARRIES', 'SINCE', 'REASON'];
  return rows.length === 0 ? ['  no links'] : [table(head, rows, style).trimEnd()];
}

function peakText(peak: number | undefined): string {
  return peak === undefined ? '' : ` (peak ${peak})`;
}

function clusterOf({ clusterRegistrations, clusterRegistrationsPeak }: NodeStatus['counts']): readonly string[] {
  if (clusterRegistrations === undefined) return [];
  return [`  cluster   ${clusterRegistrations} registrations${peakText(clusterRegistrationsPeak)}`];
}

function trafficOf({ users, sessions, registrations, registrationsPeak, calls }: NodeStatus['counts']): string {
  const peak = peakText(registrationsPeak);
  const up = calls === undefined ? '' : `, ${calls} calls`;
  return `${users} users, ${sessions} sessions, ${registrations} registrations${peak}${up}`;
}

/** What one node says of itself, for people. */
export function nodeStatusText(status: NodeStatus, style: Style): string {
  const { name, role, cluster, version, revision, pending, edits, counts, maintenance, warnings = [] } = status;
  return [
    `${style.bold(visible(name))}  ${role} of ${visible(cluster)}, fairlead ${visible(version)}  ${readinessOf(status, style)}`,
    `  revision  ${revision === '' ? 'none' : shortCommit(revision)}`,
    `  traffic   ${trafficOf(counts)}`,
    ...clusterOf(counts),
    ...(maintenance === undefined ? [] : [`  ${style.yellow(maintenanceText(maintenance))}`]),
    ...(pending === undefined ? [] : [`  unconfirmed plan ${visible(pending.planId)}`]),
    ...linkTable(status, style),
    ...edits.map(({ key, action, actor, time }) => visible(`  edited: ${action} ${key} by ${actor} at ${time}`)),
    ...warnings.map((warning) => `  ${style.yellow('warning')}: ${visible(warning)}`),
    '',
  ].join('\n');
}
