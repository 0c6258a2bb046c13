import type { StatementSigner, StatementVerifier } from '../statement-keys.js';
import { decodeGrant, type DeviceGrant, encodeGrant } from './device-grant.js';

/** How far the clocks of two nodes may differ, in milliseconds. */
const clockSkewToleranceMs = 30_000;

/** The text of a grant, signed by this core. */
export function signGrant(grant: DeviceGrant, signer: StatementSigner): string {
  const key = signer.inUse();
  const signed = encodeGrant(key.keyId, grant);
  return Buffer.concat([signed, key.sign(signed)]).toString('base64url');
}

/** What a grant says, if a core of the cluster signed it and its time has come and not gone. */
export function openGrant(text: string, verifier: StatementVerifier, nowMs: number): DeviceGrant | undefined {
  const decoded = decodeGrant(text);
  if (decoded === undefined) return undefined;
  const { keyId, grant, signed, signature } = decoded;
  if (grant.expiresAtMs <= nowMs || grant.issuedAtMs > nowMs + clockSkewToleranceMs) return undefined;
  return verifier.inUse().verify(keyId, signed, signature) ? grant : undefined;
}
