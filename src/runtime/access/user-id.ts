import { hash } from 'node:crypto';

/** Longest user id that is looked at, in UTF-16 code units; Unified CM allows 128 characters. */
const maximumLength = 128;
/** Not in any Unified CM user id, and able to lead a UDS path or a log line astray. */
const forbidden = /[\p{Cc}\p{Cs}/\\]|^\.{1,2}$/u;

/** The one text of a user id (NFC, lower case), by which a user is known; undefined when it cannot be a user id. */
export function canonicalUserId(presented: string): string | undefined {
  if (presented.length === 0 || presented.length > maximumLength || forbidden.test(presented)) return undefined;
  return presented.normalize('NFC').toLowerCase().normalize('NFC');
}

/**
 * The pseudonym of a user within a cluster: 22 characters base64url of a hash, the same on every node. Counts, caches,
 * tokens, logs and the choice of a core go by it, so none of them holds a user id.
 */
export function subjectOf(cluster: string, userId: string): string {
  return hash('sha256', `fairlead user\n${cluster}\n${userId}`, 'buffer').toString('base64url', 0, 16);
}
