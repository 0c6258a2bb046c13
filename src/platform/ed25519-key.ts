import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/**
 * Makes an Ed25519 private key, PKCS 8 PEM. Node 20 can lock up for ever when a key object is exported while the job that
 * generated it is collected, so the key leaves the job as text.
 */
export function newEd25519Pem(): string {
  const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;
  const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
  return generateKeyPairSync('ed25519', { publicKeyEncoding, privateKeyEncoding }).privateKey;
}

/** Makes an Ed25519 private key. */
export function newEd25519Key(): KeyObject {
  return createPrivateKey(newEd25519Pem());
}
