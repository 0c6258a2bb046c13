/** A way in which the SIP side of a node fails until it is taken back. */
export type SipFault =
  /** Nothing listens, and what was connected is cut. */
  | { readonly type: 'refuse' }
  /** Connections and messages are taken and never answered, STUN included. */
  | { readonly type: 'hang' }
  /** Every request but ACK is answered with this status, such as 503. */
  | { readonly type: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** The connection of every message is reset. */
  | { readonly type: 'reset' }
  /** Everything is answered this much later. */
  | { readonly type: 'slow'; readonly delayMs: number };

/** Whether STUN is answered: `unresolvable` is a node that cannot resolve the name of the core, and so keeps silent. */
export type StunBehaviour = 'answers' | 'unsupported' | 'unresolvable';
