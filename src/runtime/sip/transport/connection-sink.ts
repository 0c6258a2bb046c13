import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';

/** Takes what arrives, from listeners and from connections to servers alike; what it throws ends the hop it came by, nothing else. */
export interface ConnectionSink {
  /** A message within the limits; what is malformed was answered or dropped before. */
  onMessage(message: SipMessage, hop: Hop): void;
  /** A STUN message, whole but not parsed; the bytes are the sink's to keep. */
  onStun(bytes: Buffer, hop: Hop): void;
  /** A hop is ready: its handshake is over. */
  onOpen?(hop: Hop): void;
  onClosed?(hop: Hop, reason: string): void;
  /** Something that is no proper SIP came; the status that was answered, undefined when nothing was. */
  onRefused?(hop: Hop, status: number | undefined): void;
}
