import type { Clock } from '../../../platform/clock.js';
import type { Revocations, AuthorizationCounts, AuthorizationLimit } from '../../store/traffic-store.js';
import { BasicCredentials, type Presented } from '../basic-credentials.js';
import { clockSkewToleranceMs, tokenPhase } from '../token-keys.js';
import type { TokenClaims } from '../token.js';
import type { CredentialCache } from './credential-cache.js';
import type { SignInUpstream, UpstreamWords } from './upstream-words.js';
import type { UserProfile } from './uds-sign-in.js';

/** A UC server's word that a request rests on. Times are wall clock. */
export interface Word {
  readonly verifiedAtMs: number;
  readonly expiresAtMs: number;
  readonly profile: UserProfile | undefined;
}

/** Whether a request is authorized, and by what. */
export type Authorization =
  | {
      readonly outcome: 'authorized';
      readonly by: 'token' | 'cache' | 'upstream';
      readonly subject: string;
      readonly word: Word;
    }
  | { readonly outcome: 'refused' | 'forbidden' | 'unreachable' }
  | { readonly outcome: 'limited'; readonly retryAfterMs: number };

/** What a request presents. `claims`: of a token that a core of the cluster signed for the requested domain. */
export interface Presentation {
  readonly credentials: Presented;
  readonly claims: TokenClaims | undefined;
  /** The client asks for a new token, too. */
  readonly refresh: boolean;
}

/** The numbers that hold for a request. */
export interface AuthorizerSettings {
  readonly limit: AuthorizationLimit | undefined;
  readonly refreshIntervalMs: number;
  readonly credentialsAccepted: boolean;
  readonly signInUpstream: SignInUpstream;
}

export interface AuthorizerParts {
  readonly clock: Clock;
  readonly counts: AuthorizationCounts;
  readonly revocations: Revocations;
  readonly cache: CredentialCache;
  readonly words: UpstreamWords;
}

const refused: Authorization = { outcome: 'refused' };

/**
 * Decides who is let in, and what it costs. A valid token costs nothing. It vouches for the user, and the credential
 * cache for the password beside it: credentials that the cache knows to be different, or of somebody else,
 * are a presentation of their own. A presentation costs one authorization, whatever comes of it, except that one
 * which no UC server gave its word on is given back: a server that is away must not lock users out.
 */
export class Authorizer {
  readonly #parts: AuthorizerParts;
  /** Users whose tokens are being confirmed, with the credentials that are asked about. */
  readonly #confirming = new Map<string, string>();

  constructor(parts: AuthorizerParts) {
    this.#parts = parts;
  }

  /** Never rejects. */
  async authorize(presentation: Presentation, settings: AuthorizerSettings): Promise<Authorization> {
    const { claims } = presentation;
    const credentials = settings.credentialsAccepted ? presentation.credentials : 'none';
    if (claims !== undefined && this.#isLive(claims, settings)) {
      if (!(credentials instanceof BasicCredentials)) return this.#byToken(claims, settings);
      const known = await this.#beside(claims, credentials, presentation.refresh, settings);
      if (known !== undefined) return known;
    }
    return credentials instanceof BasicCredentials ? await this.#present(credentials, settings) : refused;
  }

  /** Whether a token is good on this core: in its time, under the interval that holds now, and not revoked. */
  #isLive(claims: TokenClaims, { refreshIntervalMs }: AuthorizerSettings): boolean {
    const { clock, revocations } = this.#parts;
    const nowMs = clock.nowMs();
    if (tokenPhase(claims, nowMs) !== 'valid' || nowMs >= claims.verifiedAtMs + refreshIntervalMs) return false;
    const epochMs = revocations.epochOf(claims.subject);
    // A token of another core does not carry this core's epoch; it has to be clearly younger, by any clock.
    return claims.epochMs >= epochMs || claims.verifiedAtMs > epochMs + clockSkewToleranceMs;
  }

  #byToken(claims: TokenClaims, { refreshIntervalMs }: AuthorizerSettings): Authorization {
    const { subject, verifiedAtMs } = claims;
    const expiresAtMs = Math.min(claims.expiresAtMs, verifiedAtMs + refreshIntervalMs);
    const profile = this.#parts.cache.profileOf(subject);
    return { outcome: 'authorized', by: 'token', subject, word: { verifiedAtMs, expiresAtMs, profile } };
  }

  /** Credentials beside a live token; undefined when they are a presentation of their own. */
  async #beside(
    claims: TokenClaims,
    credentials: BasicCredentials,
    refresh: boolean,
    settings: AuthorizerSettings,
  ): Promise<Authorization | undefined> {
    if (credentials.subject !== claims.subject) return undefined;
    const { cache, clock } = this.#parts;
    const reading = cache.read(credentials, settings.refreshIntervalMs);
    if (reading.state === 'mismatch') return undefined;
    const verifiedAtMs = Math.max(claims.verifiedAtMs, reading.state === 'match' ? reading.word.verifiedAtMs : 0);
    const isOld = clock.nowMs() - verifiedAtMs > settings.refreshIntervalMs / 2;
    if (reading.state === 'absent' || (refresh && isOld)) return await this.#confirm(claims, credentials, settings);
    return this.#authorizedBy('token', claims.subject, verifiedAtMs, settings);
  }

  /** Asks the UC server once more about credentials beside a live token; the token's own word holds while it cannot be reached. */
  async #confirm(
    claims: TokenClaims,
    credentials: BasicCredentials,
    settings: AuthorizerSettings,
  ): Promise<Authorization | undefined> {
    const { cache, words } = this.#parts;
    const { subject } = claims;
    const fingerprint = cache.fingerprint(credentials);
    // One password at a time: a token must not buy free guesses side by side.
    if ((this.#confirming.get(subject) ?? fingerprint) !== fingerprint) return undefined;
    this.#confirming.set(subject, fingerprint);
    try {
      const fresh = await words.ask(credentials, settings.signInUpstream, settings.refreshIntervalMs);
      if (fresh.type === 'unreachable') return this.#byToken(claims, settings);
      if (fresh.type === 'accepted') return this.#authorizedBy('token', subject, fresh.word.verifiedAtMs, settings);
      if (this.#isLive(claims, settings)) words.revoke(subject);
      return { outcome: fresh.type };
    } finally {
      this.#confirming.delete(subject);
    }
  }

  async #present(credentials: BasicCredentials, settings: AuthorizerSettings): Promise<Authorization> {
    const { counts, cache, words } = this.#parts;
    const { subject } = credentials;
    const { limit, refreshIntervalMs } = settings;
    const taking = limit === undefined ? undefined : await counts.take(subject, limit);
    if (taking?.granted === false) return { outcome: 'limited', retryAfterMs: taking.retryAfterMs };
    const reading = cache.read(credentials, refreshIntervalMs);
    if (reading.state === 'match') return this.#authorizedBy('cache', subject, reading.word.verifiedAtMs, settings);
    const fresh = await words.ask(credentials, settings.signInUpstream, refreshIntervalMs);
    if (fresh.type === 'accepted') return this.#authorizedBy('upstream', subject, fresh.word.verifiedAtMs, settings);
    if (fresh.type === 'unreachable') await taking?.giveBack();
    return { outcome: fresh.type };
  }

  #authorizedBy(
    by: 'token' | 'cache' | 'upstream',
    subject: string,
    verifiedAtMs: number,
    { refreshIntervalMs }: AuthorizerSettings,
  ): Authorization {
    const profile = this.#parts.cache.profileOf(subject);
    const word = { verifiedAtMs, expiresAtMs: verifiedAtMs + refreshIntervalMs, profile };
    return { outcome: 'authorized', by, subject, word };
  }
}
