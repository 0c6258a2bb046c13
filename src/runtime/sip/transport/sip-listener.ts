import type { SecureContextOptions } from 'node:tls';

/** Where to listen. The host `::` takes IPv6 and IPv4; IPv4 peers then have IPv4 addresses nevertheless. */
export interface ListenPlace {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
}

/** A port that SIP comes in by. */
export interface SipListener {
  readonly protocol: 'UDP' | 'TCP' | 'TLS';
  /** The port it listens on; 0 before `start`. */
  readonly port: number;
  /** Connections whose handshake is over, or UDP peers that are remembered. */
  readonly openHops: number;
  /** @throws FairleadError `node.config` when the place cannot be listened on. */
  start(): Promise<void>;
  /** Takes nothing new and lets open hops be: their owner closes them. */
  stopAccepting(): void;
  /** Takes what is new again, on the same port; harmless when it does so already. Rejects when the port is taken now. */
  resume(): Promise<void>;
  /** Closes every hop when what it holds is sent, and resolves when the port is free. */
  stop(): Promise<void>;
}

/** What a TLS listener shows, and whom it trusts. All PEM. */
export interface TlsTerms {
  readonly identity: SecureContextOptions;
  /** Whether only those come in who show a certificate that a CA of `identity.ca` signed. */
  readonly requiresClientCertificate: boolean;
}

/** A TLS port; TLS 1.2 or later. */
export interface TlsSipListener extends SipListener {
  /** New handshakes see this identity; connections that are open stay. */
  setSecureContext(identity: SecureContextOptions): void;
}
