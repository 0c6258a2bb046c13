import type { Clock } from '../../../platform/clock.js';
import type { LiveUsers, Revocations } from '../../store/traffic-store.js';
import { tokenSetCookie } from '../cookies.js';
import type { TokenSigner } from '../token-keys.js';
import type { Word } from './authorizer.js';

/** Gives tokens to users whose credentials a UC server accepted. */
export interface TokenMint {
  /** The Set-Cookie field with a new token that ends with the word; undefined when the word has ended. */
  cookieFor(subject: string, domain: string, word: Word): string | undefined;
}

export interface TokenMintParts {
  readonly clock: Clock;
  readonly signer: TokenSigner;
  readonly revocations: Revocations;
  readonly liveUsers: LiveUsers;
}

export function newTokenMint({ clock, signer, revocations, liveUsers }: TokenMintParts): TokenMint {
  return {
    cookieFor(subject, domain, { verifiedAtMs, expiresAtMs }) {
      const issuedAtMs = Math.trunc(clock.nowMs());
      if (expiresAtMs <= issuedAtMs) return undefined;
      const lifeSeconds = Math.max(1, Math.floor((expiresAtMs - issuedAtMs) / 1000));
      const token = signer.mint({
        subject,
        domain,
        issuedAtMs,
        verifiedAtMs: Math.trunc(verifiedAtMs),
        expiresAtMs: Math.trunc(expiresAtMs),
        epochMs: revocations.epochOf(subject),
      });
      liveUsers.seen(subject, expiresAtMs);
      return tokenSetCookie(token, lifeSeconds);
    },
  };
}
