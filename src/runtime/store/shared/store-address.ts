import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { FairleadError } from '../../../errors.js';
import { canonicalJson } from '../../../model/json.js';
import { singleOf, type Snapshot } from '../../../model/snapshot.js';
import type { Secret } from '../../../platform/secret.js';
import type { SecretLookup } from '../../participant.js';

/** Where the shared store is, and how a core makes itself known to it. */
export interface StoreAddress {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  /** Undefined without TLS; the certificate is always checked. */
  readonly tls: { readonly ca: string | undefined; readonly serverName: string } | undefined;
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  /** Equal for addresses that mean the same, credentials included; nothing secret. */
  readonly identity: string;
}

const defaultPort = 6379;

function unusable(place: string, cause: unknown): FairleadError {
  return new FairleadError('apply.prepare-failed', `${place} cannot be used`, { cause });
}

function readUrl(text: string, place: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw unusable(place, cause);
  }
}

function refuseBadCertificates(ca: string | undefined, place: string): void {
  try {
    createSecureContext({ ca });
  } catch (cause) {
    throw unusable(place, cause);
  }
}

/**
 * The store that a snapshot names; undefined when it names none. Nothing is dialled.
 * @throws FairleadError `apply.prepare-failed` for a URL or CA certificates that cannot be read, `secret.unresolved`.
 */
export function storeAddressOf(snapshot: Snapshot, secrets: SecretLookup): StoreAddress | undefined {
  const cluster = singleOf(snapshot, 'Cluster');
  const store = cluster?.spec.sharedStore;
  if (cluster === undefined || store === undefined) return undefined;
  const place = `Cluster/${cluster.metadata.name} spec.sharedStore`;
  const { protocol, hostname, port, pathname } = readUrl(store.url, `${place}.url`);
  const host = hostname.replace(/^\[|\]$/g, '');
  const { ca, username, passwordRef } = store;
  refuseBadCertificates(ca, `${place}.ca`);
  return {
    host,
    port: port === '' ? defaultPort : Number(port),
    database: Number(pathname.slice(1)),
    tls: protocol === 'rediss:' ? { ca, serverName: isIP(host) === 0 ? host : '' } : undefined,
    username,
    password: passwordRef && secrets.reveal(passwordRef.fingerprint, `${place}.passwordRef`),
    identity: canonicalJson(store),
  };
}
