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

type Write = () => Promise<string | undefined>;

/** What became of a write as far as its answer tells: a connection that ended without one tells nothing. */
async function attempt(write: Write): Promise<{ readonly said: string; readonly isAnswered: boolean }> {
  try {
    return { said: (await write()) ?? 'it said that it was done', isAnswered: true };
  } catch (error) {
    return { said: asFairleadError(error).message, isAnswered: false };
  }
}

/** Writes, and reads back whether it is done; what got no answer and had no effect is written once more. */
async function writeSeen(
  { client }: WriteContext,
  resource: Resource,
  isDone: (found: Resource | undefined) => boolean,
  write: Write,
  signal: AbortSignal,
): Promise<void> {
  for (let left = attempts; ; left -= 1) {
    const { said, isAnswered } = await attempt(write);
    signal.throwIfAborted();
    if (isDone(await client.read(resource, signal))) return;
    if (isAnswered || left === 1)
      throw new FairleadError('apply.prepare-failed', `${keyOf(resource)} was not written: ${said}`);
  }
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
    const isGone = (found: Resource | undefined) => found === undefined;
    await writeSeen(context, resource, isGone, () => client.delete(resource, signal), signal);
  }
  if (wanted === undefined) return;
  const isThere = (found: Resource | undefined) => isSameReadBack(found, wanted);
  await writeSeen(context, wanted, isThere, () => client.create(wanted, secrets, signal), signal);
  await journal.holds(key, wanted);
}

function requireSecrets(resource: Resource, secrets: SecretValues): void {
  const missing = [...fingerprintsOf(resource)].filter(([, fingerprint]) => !secrets.has(fingerprint));
  if (missing.length === 0) return;
  const places = missing.map(([pointer]) => pointer).join(', ');
  throw new FairleadError('secret.unresolved', `${keyOf(resource)}: the value of ${places} is not at hand`);
}
