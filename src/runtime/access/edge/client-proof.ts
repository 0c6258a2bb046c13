import type { IncomingMessage } from 'node:http';
import { BasicCredentials, type Presented, readBasicCredentials } from '../basic-credentials.js';
import { splitCookies } from '../cookies.js';
import type { TokenVerdict } from '../internal-fields.js';
import { type TokenVerifier, tokenPhase } from '../token-keys.js';
import type { TokenClaims } from '../token.js';

/** How a client says who it is, judged as far as an edge can judge it: with public keys only. */
export interface ClientProof {
  readonly credentials: Presented;
  readonly verdict: TokenVerdict;
  /** Only when the verdict is `valid`. */
  readonly token?: { readonly text: string; readonly claims: TokenClaims };
  /** Cookies other than the token. */
  readonly cookies: string | undefined;
}

interface TokenReading {
  readonly verdict: TokenVerdict;
  readonly token?: { readonly text: string; readonly claims: TokenClaims };
}

function readToken(text: string | undefined, domain: string, verifier: TokenVerifier, nowMs: number): TokenReading {
  if (text === undefined) return { verdict: 'absent' };
  const claims = verifier.verify(text);
  if (claims?.domain !== domain) return { verdict: 'invalid' };
  const phase = tokenPhase(claims, nowMs);
  return phase === 'valid' ? { verdict: phase, token: { text, claims } } : { verdict: phase };
}

export interface ProofContext {
  readonly cluster: string;
  readonly verifier: TokenVerifier;
  readonly nowMs: number;
}

/** Reads the proofs in a request to a domain. A token of another domain counts as invalid. */
export function readProof({ headers }: IncomingMessage, domain: string, context: ProofContext): ClientProof {
  const { token, others } = splitCookies(headers.cookie);
  return {
    credentials: readBasicCredentials(headers.authorization, context.cluster),
    ...readToken(token, domain, context.verifier, context.nowMs),
    cookies: others,
  };
}

/**
 * The pseudonym of the user whose core a request goes to; undefined when it proves nothing that a core would look at.
 * Credentials come first: beside somebody else's token they cost an authorization, which their own core counts.
 */
export function subjectOfProof({ credentials, token }: ClientProof, credentialsAccepted: boolean): string | undefined {
  if (credentialsAccepted && credentials instanceof BasicCredentials) return credentials.subject;
  return token?.claims.subject;
}
