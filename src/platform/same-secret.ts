import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from './secret.js';

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Compares a text with a secret in a time that tells nothing about the secret, its length included. */
export function isSameSecret(text: string, secret: Secret): boolean {
  return timingSafeEqual(digest(text), digest(secret.reveal()));
}
