/** One way to one other party: a client's flow, a link, a connection to a UC server, or a UDP peer. */
export interface Hop {
  /** Unique in this process and never used again. */
  readonly id: string;
  /** As it stands in a Via. */
  readonly protocol: 'UDP' | 'TCP' | 'TLS';
  /** Whether what is sent arrives or the hop closes, so that nothing needs to be retransmitted. */
  readonly isReliable: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly isOpen: boolean;
  /** Queues one whole message; false, and nothing sent, when the hop is closed or its send queue is at its bound. */
  send(bytes: Buffer): boolean;
  close(reason: string): void;
  /** Told once, at once when the hop is closed already; the answer takes the listener away again. */
  onClosed(listener: (reason: string) => void): () => void;
}
