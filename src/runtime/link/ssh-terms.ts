import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Algorithms } from 'ssh2';

/** What both ends of a link say and accept in SSH; nothing else is spoken. */
export const sshTerms = {
  /** Software name in the first line (RFC 4253 section 4.2); no version, it helps attackers only. */
  ident: 'Fairlead',
  controlSubsystem: 'fairlead-control',
  /** The one remote forward (RFC 4254 section 7.1): a name, not an address; nothing listens. */
  forwardName: 'fairlead-http',
  forwardPort: 1,
} as const;

/** Curve25519, Ed25519 and authenticated ciphers only; the MAC names are required but never used with these ciphers. */
export const sshAlgorithms: Algorithms = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
  serverHostKey: ['ssh-ed25519'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com'],
  hmac: ['hmac-sha2-256-etm@openssh.com'],
  compress: ['none'],
};

/** A channel as the SSH library gives it: `end` of a server's channel would close both directions, so nobody calls it. */
export interface SshChannel extends Duplex {
  /** Half-closes our direction. */
  eof(): void;
  close(): void;
}

/** One SSH connection, whichever end dialled it. */
export interface SshConnection {
  readonly socket: Socket;
  /** What SSH itself had against the connection, when it did. */
  problem(): string | undefined;
  /** Takes leave and ends our direction; what was written before is still sent. */
  end(): void;
  /** Makes new session keys while traffic goes on; only the edge's end can. */
  readonly rekey?: () => void;
}
