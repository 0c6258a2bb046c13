import type { Clock } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { GrantDesk } from '../../grants/grant-desk.js';
import type { Revocations } from '../../store/traffic-store.js';
import type { BasicCredentials } from '../basic-credentials.js';
import type { CachedWord, CredentialCache } from './credential-cache.js';
import type { SignInWord } from './uds-sign-in.js';

/** What the UC servers say about credentials, now. */
export type FreshWord =
  | { readonly type: 'accepted'; readonly word: CachedWord }
  | { readonly type: 'refused' | 'forbidden' | 'unreachable' };

/** Signs in at the UC servers; throws a FairleadError when no word is to be had. */
export type SignInUpstream = (credentials: BasicCredentials) => Promise<SignInWord>;

/** Asks the UC servers about credentials, and keeps cache and revocations true to what they say. */
export interface UpstreamWords {
  /** Equal credentials that are being asked about are not asked about a second time. */
  ask(credentials: BasicCredentials, signInUpstream: SignInUpstream, refreshIntervalMs: number): Promise<FreshWord>;
  /** Takes back what was given to a user: the tokens of before, the remembered credentials, and the admission of devices. */
  revoke(subject: string): void;
}

export interface UpstreamWordsParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly cache: CredentialCache;
  readonly revocations: Revocations;
  readonly grants: Pick<GrantDesk, 'revoke'>;
}

export function newUpstreamWords({ clock, log, cache, revocations, grants }: UpstreamWordsParts): UpstreamWords {
  const asking = new Map<string, Promise<FreshWord>>();

  function revoke(subject: string): void {
    cache.forget(subject);
    revocations.revoke(subject);
    grants.revoke(subject);
    log.info({ subject }, 'the UC server refuses credentials it accepted before; the tokens of the user are revoked');
  }

  async function exchange(
    credentials: BasicCredentials,
    signInUpstream: SignInUpstream,
    lifeMs: number,
  ): Promise<FreshWord> {
    const asked = { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
    try {
      const word = await signInUpstream(credentials);
      if (word.type === 'accepted') {
        return { type: 'accepted', word: cache.put(credentials, word.profile, asked, lifeMs) };
      }
      // Only who knows the old password can have it revoked.
      if (cache.remembers(credentials)) revoke(credentials.subject);
      return word;
    } catch (error) {
      const { subject } = credentials;
      log.warn({ subject, err: error }, 'no UC server gave its word on credentials; answered with 503');
      return { type: 'unreachable' };
    }
  }

  return {
    revoke,
    ask(credentials, signInUpstream, refreshIntervalMs) {
      const name = `${credentials.subject} ${cache.fingerprint(credentials)}`;
      const before = asking.get(name);
      if (before !== undefined) return before;
      const answer = exchange(credentials, signInUpstream, refreshIntervalMs).finally(() => asking.delete(name));
      asking.set(name, answer);
      return answer;
    },
  };
}
