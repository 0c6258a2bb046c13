import type { Counter, Meter } from '../../../platform/meter.js';

/** What the transports count. */
export interface TransportMetrics {
  /** `limit`: rate, source, maximum. */
  readonly refusedConnections: Counter;
  /** `answer`: the status, or none. */
  readonly refusedMessages: Counter;
  readonly failedHandshakes: Counter;
  /** `cause`: idle, slow-message, slow-reader, handshake. */
  readonly cutConnections: Counter;
}

export function newTransportMetrics(meter: Pick<Meter, 'counter'>): TransportMetrics {
  return {
    refusedConnections: meter.counter(
      'fairlead_sip_refused_connections_total',
      'New SIP connections that were beyond a limit.',
      ['limit'],
    ),
    refusedMessages: meter.counter(
      'fairlead_sip_refused_messages_total',
      'Messages that were no proper SIP, by the status that was answered.',
      ['answer'],
    ),
    failedHandshakes: meter.counter(
      'fairlead_sip_failed_handshakes_total',
      'TLS handshakes of SIP clients that failed.',
    ),
    cutConnections: meter.counter(
      'fairlead_sip_cut_connections_total',
      'SIP connections that were closed because they were too slow.',
      ['cause'],
    ),
  };
}
