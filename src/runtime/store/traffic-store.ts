/** A limit of authorizations as AuthorizationRateControl declares it. */
export interface AuthorizationLimit {
  /** 1 to 100. */
  readonly maximum: number;
  /** 1 to 86,400,000. */
  readonly periodMs: number;
}

/** An authorization that was counted, or the time after which one more would be. */
export type Taking =
  | {
      readonly granted: true;
      /** Uncounts it; only for an authorization that ended without the word of a UC server. */
      giveBack(): Promise<void>;
    }
  | { readonly granted: false; readonly retryAfterMs: number };

/**
 * How often each user was authorized in the time just passed. A change of the numbers holds from the next call on and
 * keeps what was counted. Asynchronous, because the cores of a cluster may share it; it times by itself, because cores
 * do not share a clock.
 */
export interface AuthorizationCounts {
  /** Counts one authorization, unless `limit.maximum` of them lie within the last `limit.periodMs`; a refused one is not counted. */
  take(subject: string, limit: AuthorizationLimit): Promise<Taking>;
}

/** That what was given to a user until then no longer holds. */
export interface Revocation {
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly epochMs: number;
}

/**
 * When the tokens of a user were revoked. Read with every request, so it is always at hand: what other cores revoke
 * is learned beside the requests.
 */
export interface Revocations {
  /** Number of users whose revocation is remembered. */
  readonly size: number;
  /** Milliseconds since 1970 of the last revocation; 0 when none is known. */
  epochOf(subject: string): number;
  /** Revokes what was given to the user so far and returns the new epoch, which is higher than every earlier one of the user. */
  revoke(subject: string): number;
  /** Hears of users whose revocation by another core became known. */
  onLearned(listener: (subject: string) => void): void;
}

/** Users with a live token, counted from the tokens that pass. */
export interface LiveUsers {
  /** Notes a token that is good until `expiresAtMs` (wall clock). */
  seen(subject: string, expiresAtMs: number): void;
  count(): number;
}

/** Traffic state that outlives every change of configuration, though not a restart. */
export interface TrafficStore {
  readonly authorizations: AuthorizationCounts;
  readonly revocations: Revocations;
  readonly liveUsers: LiveUsers;
}
