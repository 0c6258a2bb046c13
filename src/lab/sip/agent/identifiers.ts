import { randomBytes } from 'node:crypto';

/** A branch of RFC 3261. */
export function newBranch(): string {
  return `z9hG4bK${randomBytes(8).toString('hex')}`;
}

/** A From or To tag, also any other short token. */
export function newTag(): string {
  return randomBytes(6).toString('hex');
}

/** A Call-ID at a host. */
export function newCallId(host: string): string {
  return `${randomBytes(12).toString('hex')}@${host}`;
}
