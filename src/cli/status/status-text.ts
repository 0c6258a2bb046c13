import type { CommitInfo } from '../../model/plan.js';
import { visible } from '../../model/visible.js';
import { shortCommit } from '../../reconciler/output/plan-words.js';
import type { Style } from '../../reconciler/output/style.js';
import type { ClusterStatus, DriftStatus, NodeStatusView, ReconcilerStatus } from '../../reconciler/status/status.js';
import { table } from '../table.js';
import { maintenanceWords } from './maintenance-text.js';

const stateWords = {
  nothing: 'in sync',
  planned: 'changes are due',
  applied: 'in sync',
  blocked: 'blocked',
  'rolled-back': 'rolled back',
  partial: 'partial',
  error: 'error',
  invalid: 'invalid',
} as const;

const inSync: ReadonlySet<string> = new Set(['nothing', 'applied']);

function commitText({ id, author, subject }: CommitInfo): string {
  return `${shortCommit(id)} ${visible(author)}: ${visible(subject)}`;
}

function stateOf({ reachable, ready, pendingPlanId, maintenance }: NodeStatusView): string {
  if (!reachable) return 'no answer';
  return [
    ready === true ? 'ready' : 'not ready',
    ...(maintenance === undefined ? [] : [maintenanceWords(maintenance)]),
    ...(pendingPlanId === undefined ? [] : ['unconfirmed']),
  ].join(', ');
}

/** Which of the commits above the table a node runs; one that did not concern it needs no change to be run. */
function runsOf({ reachable, revision = '', inForce }: NodeStatusView, { desired, lastGood }: ClusterStatus): string {
  if (!reachable) return '-';
  if (inForce !== undefined && inForce === desired?.id) return 'desired';
  if (inForce !== undefined && inForce === lastGood?.id) return 'applied';
  return revision === '' ? 'nothing' : `behind, ${shortCommit(revision)}`;
}

/** One state for each peer; where its links differ, one for each link. */
function linksOf({ links = [] }: NodeStatusView): string {
  const peers = [...new Set(links.map(({ peer }) => peer))].map((name) => {
    const own = links.filter(({ peer }) => peer === name);
    const states = new Set(own.map(({ state }) => state));
    const told = states.size === 1 ? [...states] : own.map(({ service, state }) => `${service} ${state}`);
    return `${visible(name)} ${told.join(' and ')}`;
  });
  return peers.length === 0 ? '-' : peers.join(', ');
}

/** Devices and calls of a node that serves SIP. */
function sipOf({ counts }: NodeStatusView): string {
  const { registrations = 0, registrationsPeak, calls = 0 } = counts ?? {};
  return registrationsPeak === undefined ? '-' : `${registrations} (peak ${registrationsPeak}), ${calls} calls`;
}

/** Devices of the whole cluster by the word of the first core that tells, or of an edge: nodes may not be added up. */
function registeredLines({ nodes }: ClusterStatus): readonly string[] {
  const told = nodes.filter(({ counts }) => counts?.clusterRegistrations !== undefined);
  const counts = (told.find(({ role }) => role === 'core') ?? told[0])?.counts;
  if (counts?.clusterRegistrations === undefined) return [];
  const { clusterRegistrations: registered, clusterRegistrationsPeak: peak = registered } = counts;
  return [`  registered over the cluster: ${registered} (peak ${peak})`];
}

function nodeTable(cluster: ClusterStatus, style: Style): string {
  const { nodes, drift } = cluster;
  const rows = nodes.map((node) => {
    const drifted = drift.filter((one) => one.node === node.name).length;
    return [
      node.name,
      node.role,
      runsOf(node, cluster),
      stateOf(node),
      drifted === 0 ? '-' : String(drifted),
      sipOf(node),
      linksOf(node),
    ];
  });
  return table(['NODE', 'ROLE', 'RUNS', 'STATE', 'DRIFT', 'REGISTERED', 'LINKS'], rows, style);
}

function driftLine({ node, key, edit, isCorrected }: DriftStatus): string {
  const who = edit === undefined ? 'changed by somebody' : `changed by ${edit.actor} at ${edit.time}`;
  return visible(`  drift: ${key} on ${node} ${who}; ${isCorrected ? 'to be put back' : 'only reported'}`);
}

function titleOf({ cluster, outcome, desired, isPassing }: ClusterStatus, style: Style): string {
  if (outcome === undefined) return `${style.bold(visible(cluster))}  not looked at yet`;
  const paint = inSync.has(outcome.state) ? style.green : outcome.state === 'planned' ? style.yellow : style.red;
  const isOld = isPassing && outcome.commit !== undefined && outcome.commit !== desired?.id;
  const title = `${style.bold(visible(cluster))}  ${paint(stateWords[outcome.state])}`;
  return isOld ? `${title}, ${style.yellow('and a newer commit is on its way')}` : title;
}

/** What was applied last is news only while it is not all that is desired; a commit that concerned no node is not kept as applied. */
function isInSync({ outcome, desired }: ClusterStatus): boolean {
  return outcome !== undefined && inSync.has(outcome.state) && outcome.commit === desired?.id;
}

function clusterLines(status: ClusterStatus, style: Style): readonly string[] {
  const { desired, lastGood, outcome, nodes, drift } = status;
  const reason = outcome?.reason;
  return [
    titleOf(status, style),
    ...(desired === undefined ? [] : [`  desired  ${commitText(desired)}`]),
    ...(lastGood === undefined || isInSync(status) ? [] : [`  applied  ${commitText(lastGood)}`]),
    ...(reason === undefined
      ? []
      : [
          `  ${style.red(reason.code)}: ${visible(reason.message)}`,
          `    ${style.cyan(`mend: ${visible(reason.mend)}`)}`,
        ]),
    ...(nodes.length === 0 ? [] : [nodeTable(status, style).trimEnd()]),
    ...registeredLines(status),
    ...nodes.flatMap(({ name, reason: why }) => (why === undefined ? [] : [`  ${name}: ${visible(why)}`])),
    ...drift.map(driftLine),
    '',
  ];
}

/** The status of every cluster for people: a table of its nodes each, and what an operator should know. */
export function statusText({ source, clusters }: ReconcilerStatus, style: Style): string {
  const unread = source.reason === undefined ? [] : [`${style.red('source')}: ${visible(source.reason.message)}`, ''];
  const none = clusters.length === 0 ? ['no cluster is declared', ''] : [];
  return [...unread, ...none, ...clusters.flatMap((cluster) => clusterLines(cluster, style))].join('\n');
}
