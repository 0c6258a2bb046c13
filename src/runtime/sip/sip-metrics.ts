import type { Counter, Meter } from '../../platform/meter.js';
import type { ProxyStats } from './proxy/proxy-engine.js';
import type { DialogStats } from './dialog/dialog-table.js';
import type { RegistrationCounts } from './registration/registrations.js';

/** What the SIP part of a node shows. */
export interface SipReadings {
  readonly registrations: () => RegistrationCounts;
  /** Of all cores together. */
  readonly clusterRegistrations: () => RegistrationCounts;
  readonly engine: () => ProxyStats;
  readonly calls: () => DialogStats;
}

/** Measures the SIP part of a node; gives the counter of requests that were not let in. */
export function measureSip(meter: Meter, readings: SipReadings): Counter {
  const { registrations, clusterRegistrations, engine, calls } = readings;
  meter.gauge('fairlead_sip_registrations', 'Devices registered now.', () => registrations().current);
  meter.gauge(
    'fairlead_sip_registrations_peak',
    'Most devices registered at once since the start.',
    () => registrations().peak,
  );
  meter.gauge(
    'fairlead_sip_cluster_registrations',
    'Devices registered now over the whole cluster; every node tells the same.',
    () => clusterRegistrations().current,
  );
  meter.gauge(
    'fairlead_sip_cluster_registrations_peak',
    'Most devices registered at once over the whole cluster.',
    () => clusterRegistrations().peak,
  );
  meter.gauge('fairlead_sip_calls', 'Calls that are up.', () => calls().confirmed);
  meter.total('fairlead_sip_calls_ended_total', 'Calls that ended, by how.', ['end'], () =>
    Object.entries(calls().ended).map(([end, value]) => ({ labels: { end }, value })),
  );
  meter.gauge('fairlead_sip_transactions', 'Transactions under way.', () => {
    const { serverTransactions, clientTransactions } = engine();
    return serverTransactions + clientTransactions;
  });
  meter.total('fairlead_sip_stray_responses_total', 'Responses that belong to nothing.', [], () => [
    { labels: {}, value: engine().strayResponses },
  ]);
  meter.total('fairlead_sip_overload_refusals_total', 'Requests refused because a bound was reached.', [], () => [
    { labels: {}, value: engine().refusedRequests },
  ]);
  return meter.counter('fairlead_sip_refused_total', 'Requests that were not let in, by reason.', ['reason']);
}

/** Measures the media relay of an edge; gives the counter of questions to its servers. */
export function measureMedia(meter: Meter, calls: () => number): Counter {
  meter.gauge('fairlead_sip_relayed_calls', 'Calls whose media goes over a relay.', calls);
  return meter.counter('fairlead_sip_media_questions_total', 'Questions to media relays, by outcome.', ['outcome']);
}
