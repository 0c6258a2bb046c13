import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Secret } from '../../platform/secret.js';
import { isSameSecret } from '../../platform/same-secret.js';

/** Largest body that is accepted, in bytes. */
export const webhookLimitBytes = 5 * 1024 * 1024;

const mostRemembered = 1000;

function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function isSigned(signature: string, prefix: string, body: Uint8Array, secret: Secret): boolean {
  if (signature === '') return false;
  const mac = createHmac('sha256', secret.reveal()).update(body).digest('hex');
  return isSameSecret(signature, new Secret(`${prefix}${mac}`));
}

/**
 * Tells whether a webhook was sent by somebody who knows the secret: HMAC-SHA-256 over the raw body, as GitHub
 * (`X-Hub-Signature-256`) and Gitea (`X-Gitea-Signature`) sign, or the secret itself, as GitLab sends it (`X-Gitlab-Token`).
 */
export function isGenuine(headers: IncomingHttpHeaders, body: Uint8Array, secret: Secret): boolean {
  return (
    isSigned(headerOf(headers, 'x-hub-signature-256'), 'sha256=', body, secret) ||
    isSigned(headerOf(headers, 'x-gitea-signature'), '', body, secret) ||
    isSameSecret(headerOf(headers, 'x-gitlab-token'), secret)
  );
}

const deliveryHeaders = ['x-github-delivery', 'x-gitea-delivery', 'x-gitlab-event-uuid'];

/** Knows the deliveries that came last, so that one that is sent again causes nothing. */
export class SeenDeliveries {
  readonly #seen = new Set<string>();

  /** True the first time that this body comes with this delivery id, and always without an id: a hint too many is harmless. */
  isNew(headers: IncomingHttpHeaders, body: Uint8Array): boolean {
    const ids = deliveryHeaders.map((name) => headerOf(headers, name));
    if (ids.every((id) => id === '')) return true;
    const hash = createHash('sha256').update(body);
    for (const id of ids) hash.update(`\n${id}`);
    const key = hash.digest('base64');
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= mostRemembered) break;
      this.#seen.delete(oldest);
    }
    return true;
  }
}
