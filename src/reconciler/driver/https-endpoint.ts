import type { Secret } from '../../platform/secret.js';

/** Where a node is administered, and how it is trusted. */
export interface HttpsEndpoint {
  readonly node: string;
  /** `https`, host and port. */
  readonly url: string;
  readonly token: Secret;
  /** PEM; only these are trusted then: CAs, or certificates of servers themselves. */
  readonly ca?: string | undefined;
  /** Trusts the certificates of `ca` themselves, whoever signed them. */
  readonly isPinned?: boolean;
  /** Name that the certificate must carry when it is not the host of `url`. */
  readonly serverName?: string | undefined;
}
