import { asFairleadError, FairleadError } from '../../../errors.js';
import { canonicalJson } from '../../../model/json.js';
import { fingerprintsOf, withoutFingerprints } from '../../../model/fingerprints.js';
import { keyOf } from '../../../model/snapshot.js';
import type { Resource } from '../../../model/snapshot.js';
import type { ApplianceClient, SecretValues } from './appliance-client.js';
import type { ApplianceJournal } from './appliance-journal.js';

/** What a write works with. */
export interface WriteContext {
  readonly client: ApplianceClient;
  readonly journal: ApplianceJournal;
  /** Every value that may be needed, by fingerprint. */
  readonly secrets: SecretValues;
}

const attempts = 2;

/** Equal in all that an appliance gives back. */
export function isSameReadBack(a: Resource | undefined, b: Resource | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(withoutFingerprints(a)) === canonicalJson(withoutFingerprints(b));
}

/** Does one write until reading back shows it; what the appliance answered in between is only an explanation. */
async function writeUntil(
  isDone: (found: Resource | undefined) => boolean,
  write: () => Promise<string | undefined>,
  { client }: WriteContext,
  resource: Resource,
  signal: AbortSignal,
): Promise<void> {
  let said = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    said = (await write().catch((error: unknown) => asFairleadError(error).message)) ?? 'it said that it was done';
    signal.throwIfAborted();
    if (isDone(await client.read(resource, signal))) return;
  }
  throw new FairleadError('apply.prepare-failed', `${keyOf(resource)} was not written: ${said}`);
}

/**
 * Makes an appliance hold a resource instead of another, or none: delete, then create, each read back.
 * @throws FairleadError `apply.prepare-failed`, `secret.unresolved`, `node.unreachable`
 */
export async function put(
  wanted: Resource | undefined,
  instead: Resource | undefined,
  context: WriteContext,
  signal: AbortSignal,
): Promise<void> {
  const { client, journal, secrets } = context;
  const resource = wanted ?? instead;
  if (resource === undefined) return;
  const key = keyOf(resource);
  if (wanted !== undefined) requireSecrets(wanted, secrets);
  if ((await client.read(resource, signal)) !== undefined) {
    await journal.holds(key, undefined);
    await writeUntil(
      (found) => found === undefined,
      () => client.delete(resource, signal),
      context,
      resource,
      signal,
    );
  }
  if (wanted === undefined) return;
  const isWritten = (found: Resource | undefined) => isSameReadBack(found, wanted);
  await writeUntil(isWritten, () => client.create(wanted, secrets, signal), context, wanted, signal);
  await journal.holds(key, wanted);
}

function requireSecrets(resource: Resource, secrets: SecretValues): void {
  const missing = [...fingerprintsOf(resource)].filter(([, fingerprint]) => !secrets.has(fingerprint));
  if (missing.length === 0) return;
  const places = missing.map(([pointer]) => pointer).join(', ');
  throw new FairleadError('secret.unresolved', `${keyOf(resource)}: the value of ${places} is not at hand`);
}
