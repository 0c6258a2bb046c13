import { isIP } from 'node:net';
import { type PeerCertificate, type SecureContextOptions, checkServerIdentity } from 'node:tls';

/** Both ends offer and require it, so that no other service with a certificate of the same CA can be taken for a node. */
export const signallingAlpn = 'fairlead-signalling';

/** What a node shows and whom it trusts, for TLS 1.2 or later. */
export type SignallingIdentity = SecureContextOptions;

/** Tells whether a certificate, already proven by the CA, carries the name that is expected of a peer. */
export function carriesName(certificate: PeerCertificate, name: string): boolean {
  return checkServerIdentity(name, certificate) === undefined;
}

/** Server name indication; an IP address may not stand in it (RFC 6066 section 3). */
export function serverNameOf(name: string): { readonly servername?: string } {
  return isIP(name) === 0 ? { servername: name } : {};
}
