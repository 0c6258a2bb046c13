import { createHash } from 'node:crypto';
import { canonicalJson } from './json.js';
import type { Resource, Snapshot } from './snapshot.js';

const known = new WeakMap<object, string>();

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** SHA-256 (hex) of a resource's canonical JSON, remembered per object. */
export function resourceDigest(resource: Resource): string {
  const before = known.get(resource);
  if (before !== undefined) return before;
  const digest = hash(canonicalJson(resource));
  known.set(resource, digest);
  return digest;
}

/** `sha256:` and 64 hex digits over the resources of a snapshot; the revision does not count, a secret's fingerprint does. */
export function snapshotDigest(snapshot: Snapshot): string {
  const before = known.get(snapshot);
  if (before !== undefined) return before;
  const lines = [...snapshot.resources].map(([key, resource]) => `${key} ${resourceDigest(resource)}\n`);
  const digest = `sha256:${hash(lines.join(''))}`;
  known.set(snapshot, digest);
  return digest;
}

/** `sha256:` and 64 hex digits of any JSON value. */
export function valueDigest(value: unknown): string {
  return `sha256:${hash(canonicalJson(value))}`;
}
