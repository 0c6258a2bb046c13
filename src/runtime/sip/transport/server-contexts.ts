import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { FairleadError } from '../../../errors.js';
import type { ServerTrust } from './sip-server.js';

/** Trusts whose contexts are kept; a cluster of servers has one. */
const maximumContexts = 256;

/** The TLS contexts of connections to servers, made once per trust: reading CA certificates costs milliseconds. */
export class ServerContexts {
  readonly #contexts = new Map<string, SecureContext>();
  #identity: SecureContextOptions = {};

  /** What servers are shown that ask for a client certificate, from now on; without it nothing is shown. */
  setIdentity({ cert, key }: SecureContextOptions): void {
    this.#identity = { ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
    this.#contexts.clear();
  }

  /** @throws FairleadError `apply.prepare-failed` when the CA certificates cannot be read. */
  contextFor({ ca }: ServerTrust): SecureContext {
    const known = this.#contexts.get(ca ?? '');
    if (known !== undefined) return known;
    if (this.#contexts.size >= maximumContexts) this.#contexts.clear();
    const context = this.#make(ca);
    this.#contexts.set(ca ?? '', context);
    return context;
  }

  #make(ca: string | undefined): SecureContext {
    try {
      return createSecureContext({ ...this.#identity, minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) });
    } catch (error) {
      throw new FairleadError('apply.prepare-failed', 'the CA certificates of a SIP server could not be read', {
        cause: error,
      });
    }
  }
}
