import type { SipMessage } from '../wire/sip-message.js';

/** One way to one other party. */
export interface Flow {
  /** Unique in this process. */
  readonly id: number;
  readonly protocol: FlowProtocol;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly isOpen: boolean;
  /** Does nothing on a flow that is closed. */
  send(bytes: Buffer): void;
  /** Ends it in order: what was sent goes out before. */
  end(): void;
  /** Ends it at once. */
  cut(): void;
  /** Ends a TCP flow with RST, any other like `cut`. */
  reset(): void;
}

export type FlowProtocol = 'UDP' | 'TCP' | 'TLS';

/** Takes what comes over a flow. */
export interface FlowSink {
  onMessage(message: SipMessage, flow: Flow): void;
  onStun(bytes: Buffer, flow: Flow): void;
  /** What came is neither SIP nor STUN; a stream ends after it. */
  onGarbage(reason: string, flow: Flow): void;
  onClosed(flow: Flow, reason: string): void;
}

let lastFlow = 0;

/** The next flow id. */
export function newFlowId(): number {
  lastFlow += 1;
  return lastFlow;
}
