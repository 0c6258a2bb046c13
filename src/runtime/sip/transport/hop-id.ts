import { randomBytes } from 'node:crypto';

const idBytes = 16;

/** A new id of a hop: 128 random bits in base64url, so that it can stand in a URI and nobody guesses another's. */
export function newHopId(): string {
  return randomBytes(idBytes).toString('base64url');
}
