import type { StatementSigner, StatementVerifier } from '../statement-keys.js';
import { newBoundedMap } from '../store/bounded-map.js';
import { decodeToken, encodeClaims, encodeToken, type TokenClaims } from './token.js';

/** Mints tokens with the key of one core. */
export interface TokenSigner {
  mint(claims: TokenClaims): string;
}

/** Checks tokens of every core of the cluster. */
export interface TokenVerifier {
  /** What the token says if a core of the cluster signed it; whether it is still good is another question. */
  verify(token: string): TokenClaims | undefined;
}

/** How far the clocks of edge and core may differ, in milliseconds: a token may be issued this far in the future. */
export const clockSkewToleranceMs = 30_000;

/** Tokens whose signature need not be checked again; one check costs as much as several requests. */
const rememberedTokens = 20_000;

export function newTokenSigner(signer: StatementSigner): TokenSigner {
  return {
    mint(claims) {
      const key = signer.inUse();
      const signed = encodeClaims(key.keyId, claims);
      return encodeToken(signed, key.sign(signed));
    },
  };
}

export function newTokenVerifier(verifier: StatementVerifier): TokenVerifier {
  let keys = verifier.inUse();
  let verified = newBoundedMap<TokenClaims>(rememberedTokens);
  return {
    verify(token) {
      if (keys !== verifier.inUse()) {
        keys = verifier.inUse();
        verified = newBoundedMap<TokenClaims>(rememberedTokens);
      }
      const before = verified.get(token);
      if (before !== undefined) return before;
      const decoded = decodeToken(token);
      if (decoded === undefined || !keys.verify(decoded.keyId, decoded.signed, decoded.signature)) return undefined;
      verified.set(token, decoded.claims);
      return decoded.claims;
    },
  };
}

/** Whether the time of a token has come and not gone. Only its start is taken with tolerance: an expired token never authorizes. */
export function tokenPhase(claims: TokenClaims, nowMs: number): 'valid' | 'early' | 'expired' {
  if (nowMs >= claims.expiresAtMs) return 'expired';
  return claims.issuedAtMs > nowMs + clockSkewToleranceMs ? 'early' : 'valid';
}
