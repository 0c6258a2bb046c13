import type { Log } from '../../../platform/log.js';
import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import type { ConnectionSink } from './connection-sink.js';

/** A sink that never throws into a socket: a fault of the one behind it is logged, and ends the hop that it came by. */
export class GuardedSink implements Required<ConnectionSink> {
  readonly #sink: ConnectionSink;
  readonly #log: Log;

  constructor(sink: ConnectionSink, log: Log) {
    this.#sink = sink;
    this.#log = log;
  }

  onMessage(message: SipMessage, hop: Hop): void {
    try {
      this.#sink.onMessage(message, hop);
    } catch (error) {
      this.#fault(error, hop);
    }
  }

  onStun(bytes: Buffer, hop: Hop): void {
    try {
      this.#sink.onStun(bytes, hop);
    } catch (error) {
      this.#fault(error, hop);
    }
  }

  onOpen(hop: Hop): void {
    try {
      this.#sink.onOpen?.(hop);
    } catch (error) {
      this.#fault(error, hop);
    }
  }

  onClosed(hop: Hop, reason: string): void {
    try {
      this.#sink.onClosed?.(hop, reason);
    } catch (error) {
      this.#fault(error, hop);
    }
  }

  onRefused(hop: Hop, status: number | undefined): void {
    try {
      this.#sink.onRefused?.(hop, status);
    } catch (error) {
      this.#fault(error, hop);
    }
  }

  #fault(error: unknown, hop: Hop): void {
    this.#log.error({ hop: hop.id, address: hop.remoteAddress, err: error }, 'what a SIP hop brought met a fault');
    hop.close('it met a fault of this node');
  }
}
