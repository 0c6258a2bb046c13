import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { AdminScope } from '../../admin/contract.js';
import { FairleadError } from '../../errors.js';
import { isRecord } from '../../model/json.js';
import type { Clock } from '../../platform/clock.js';
import type { AdminIdentity } from '../node-config.js';
import { GuessLimit } from './guess-limit.js';

const ranks = { read: 0, operate: 1, apply: 2 } as const satisfies Record<AdminScope, number>;

/** Tells whether an identity may do what needs a scope; each scope includes the ones before it. */
export function isAllowed({ scopes }: AdminIdentity, needed: AdminScope): boolean {
  return scopes.some((scope) => ranks[scope] >= ranks[needed]);
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The common name of a client certificate that our client CA signed. */
function commonNameOf({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const certificate: unknown = socket.getPeerCertificate();
  const subject = isRecord(certificate) ? certificate['subject'] : undefined;
  const name = isRecord(subject) ? subject['CN'] : undefined;
  // A certificate with several common names is nobody in particular.
  return typeof name === 'string' ? name : undefined;
}

const bearer = /^Bearer +([A-Za-z0-9\-._~+/]{1,512}=*)$/i;

/** Finds out who asks: by bearer token, or by client certificate when there is no `Authorization` header. */
export class Authentication {
  #identities: readonly AdminIdentity[] = [];
  #tokens: readonly { readonly hash: Buffer; readonly identity: AdminIdentity }[] = [];
  readonly #limit: GuessLimit;

  constructor(identities: readonly AdminIdentity[], clock: Clock) {
    this.accept(identities);
    this.#limit = new GuessLimit(clock);
  }

  /** Knows these identities, and no others, from the next request on. */
  accept(identities: readonly AdminIdentity[]): void {
    this.#identities = identities;
    this.#tokens = identities.flatMap((identity) =>
      identity.tokenSha256 === undefined ? [] : [{ hash: Buffer.from(identity.tokenSha256, 'hex'), identity }],
    );
  }

  /** @throws FairleadError `node.unauthenticated`, `node.too-many-failures` */
  identify(request: IncomingMessage): AdminIdentity {
    const { authorization } = request.headers;
    const address = request.socket.remoteAddress ?? '';
    const identity = authorization === undefined ? this.#byCertificate(request) : this.#byToken(authorization, address);
    if (identity !== undefined) return identity;
    throw new FairleadError(
      'node.unauthenticated',
      'the request carries neither a known token nor a known certificate',
    );
  }

  #byCertificate(request: IncomingMessage): AdminIdentity | undefined {
    const name = commonNameOf(request);
    return name === undefined ? undefined : this.#identities.find(({ clientCommonName }) => clientCommonName === name);
  }

  #byToken(authorization: string, address: string): AdminIdentity | undefined {
    const blockedForMs = this.#limit.blockedForMs(address);
    if (blockedForMs > 0) {
      const seconds = Math.ceil(blockedForMs / 1000);
      throw new FairleadError(
        'node.too-many-failures',
        `${address} presented too many wrong tokens; wait ${seconds} s`,
      );
    }
    const hash = hashOf(bearer.exec(authorization)?.[1] ?? '');
    // Every token is compared, so that the time tells nothing about which one is near.
    const matches = this.#tokens.filter((token) => timingSafeEqual(token.hash, hash));
    if (matches.length === 0) this.#limit.note(address, hash);
    return matches[0]?.identity;
  }
}
