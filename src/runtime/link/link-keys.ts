import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FairleadError, asFairleadError } from '../../errors.js';
import { type SshPublicKey, readSshPrivateKey, readSshPublicKey } from '../../platform/ssh-key-reader.js';
import { sshKeyPairOf } from '../../platform/ssh-keys.js';

function refuse(place: string, cause: unknown): FairleadError {
  return new FairleadError('node.config', `${place}: ${asFairleadError(cause).message}`, { cause });
}

async function readKeyFile(place: string, path: string): Promise<KeyObject> {
  try {
    return readSshPrivateKey(await readFile(path, 'utf8'));
  } catch (error) {
    throw refuse(`${place} (${path})`, error);
  }
}

/**
 * Reads the private key of one end of a link and gives it in OpenSSH form.
 * @throws FairleadError `node.config` with the field and the file.
 */
export async function privateLinkKey(field: string, path: string): Promise<string> {
  return sshKeyPairOf(await readKeyFile(field, path), 'fairlead').privateKey;
}

function pinnedLinkKey(field: string, line: string): SshPublicKey {
  try {
    return readSshPublicKey(line);
  } catch (error) {
    throw refuse(field, error);
  }
}

/** Gives the pins by name. @throws FairleadError `node.config` for a name or a key that stands twice: neither would prove who it is. */
export function pinsByName(
  field: string,
  peers: readonly { readonly name: string; readonly key: string }[],
): ReadonlyMap<string, SshPublicKey> {
  const pins = new Map<string, SshPublicKey>();
  for (const { name, key } of peers) {
    const pin = pinnedLinkKey(`${field} of ${name}`, key);
    const twin = [...pins].find(([other, { blob }]) => other === name || blob.equals(pin.blob));
    if (twin !== undefined)
      throw refuse(`${field} of ${name}`, new Error(`the name or the key is that of ${twin[0]} too`));
    pins.set(name, pin);
  }
  return pins;
}
