import type { ConnectionRate, SipTransportSpec } from '../../../model/generated/kinds.js';
import type { MessageLimits } from '../message/message-limits.js';

/** Limits of the transports; they hold for what is new, the idle time-out for every connection. */
export interface TransportSettings {
  readonly messages: MessageLimits;
  readonly connectTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  /** A client's connection without a whole message or keepalive for so long is closed. */
  readonly idleTimeoutMs: number;
  readonly connectionRate: ConnectionRate;
  /** Accepted connections of all listeners, those in the handshake among them. */
  readonly maximumConnections: number;
  /** Of one source: an IPv4 address, or a /64 of IPv6. A company behind one address has many phones. */
  readonly maximumConnectionsPerSource: number;
  /** UDP peers that are remembered. */
  readonly maximumUdpHops: number;
  /** What a client may leave unread before messages to it are refused. */
  readonly clientQueueBytes: number;
  /** The same for a connection to a server, which carries the traffic of many. */
  readonly serverQueueBytes: number;
}

/** What a `SipTransport` resource says, and fixed bounds for what it does not. */
export function transportSettingsOf(spec: SipTransportSpec): TransportSettings {
  const { maximumMessageBytes, maximumHeaderBytes, maximumHeaderCount, timers, connectionRate } = spec;
  return {
    messages: { maximumMessageBytes, maximumHeaderBytes, maximumHeaderCount },
    connectTimeoutMs: timers.connectTimeoutSeconds * 1000,
    handshakeTimeoutMs: timers.tlsHandshakeTimeoutSeconds * 1000,
    idleTimeoutMs: timers.idleTimeoutSeconds * 1000,
    connectionRate,
    maximumConnections: 50_000,
    maximumConnectionsPerSource: 20_000,
    maximumUdpHops: 10_000,
    clientQueueBytes: 256 * 1024,
    serverQueueBytes: 8 * 1024 * 1024,
  };
}
