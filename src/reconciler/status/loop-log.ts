import type { Log } from '../../platform/log.js';
import { driftViews } from './status-view.js';
import type { LoopListener } from '../loop/loop-listener.js';
import { errorOf, findingsOf } from '../pass-outcome.js';
import type { PassOutcome } from '../pass-outcome.js';

function levelOf({ state }: PassOutcome): 'debug' | 'info' | 'warn' | 'error' {
  if (state === 'nothing' || state === 'planned') return 'debug';
  if (state === 'applied') return 'info';
  return state === 'partial' || state === 'error' ? 'error' : 'warn';
}

/** Of what is desired, which may not be what is kept in place meanwhile. */
function desiredFields(outcome: PassOutcome): object {
  if (outcome.state === 'invalid') return { commit: outcome.commit.id };
  if (!('findings' in outcome)) return {};
  const { id, target, nodes } = outcome.findings.plan;
  return { planId: id, commit: target, changes: nodes.reduce((sum, one) => sum + one.changes.length, 0) };
}

function fieldsOf(outcome: PassOutcome): object {
  const error = errorOf(outcome);
  return {
    state: outcome.state,
    ...desiredFields(outcome),
    ...(error && { code: error.code, reason: error.message, details: error.details }),
    ...(outcome.state === 'invalid' && { problems: outcome.problems.length }),
    ...(outcome.state === 'blocked' && { blockers: outcome.findings.plan.blockers.map(({ message }) => message) }),
    ...(outcome.kept && { kept: outcome.kept.state }),
  };
}

/** Writes what the loop does to the log: changes and failures; a pass that found nothing to do only for debugging. */
export function loopLog(log: Log): LoopListener {
  return {
    onReading: ({ reading, failure }) => {
      if (failure !== undefined)
        log.warn({ code: failure.code, reason: failure.message }, 'the source could not be read');
      else if (reading.fetched)
        log.info({ commit: reading.commit.id, subject: reading.commit.subject }, 'a new commit');
    },
    onReadingFailed: (error) => log.error({ reason: error.message }, 'the source could not be read'),
    onPassBegun: () => undefined,
    onPassEnded: (cluster, { outcome, durationMs, delayMs }) => {
      const findings = findingsOf(outcome);
      for (const drift of findings === undefined ? [] : driftViews(findings)) log.warn({ cluster, ...drift }, 'drift');
      log[levelOf(outcome)]({ cluster, ...fieldsOf(outcome), durationMs, delayMs }, 'pass');
    },
    onNodeEvent: (cluster, { node, reason }) => log.debug({ cluster, node, reason }, 'node event'),
    onClusterGone: (cluster) => log.warn({ cluster }, 'no longer declared; its nodes are left alone'),
  };
}

/** Tells several listeners, in their order. */
export function tellAll(listeners: readonly LoopListener[]): LoopListener {
  return {
    onReading: (reading) => listeners.forEach((one) => one.onReading(reading)),
    onReadingFailed: (error) => listeners.forEach((one) => one.onReadingFailed(error)),
    onPassBegun: (cluster) => listeners.forEach((one) => one.onPassBegun(cluster)),
    onPassEnded: (cluster, pass) => listeners.forEach((one) => one.onPassEnded(cluster, pass)),
    onNodeEvent: (cluster, event) => listeners.forEach((one) => one.onNodeEvent(cluster, event)),
    onClusterGone: (cluster) => listeners.forEach((one) => one.onClusterGone(cluster)),
  };
}
