import { FairleadError, asFairleadError, type ErrorDetail } from '../errors.js';
import type { Clock } from '../platform/clock.js';
import { withTimeLimit } from '../platform/time-limit.js';
import type { Participant, Prepared, SecretLookup } from './participant.js';
import type { Revision } from './revision.js';
import { newSecretLookup } from './secret-store.js';

type Attempt = { readonly prepared: Prepared } | { readonly failures: readonly ErrorDetail[] };

async function releaseQuietly(prepared: Prepared): Promise<void> {
  await prepared.release().catch(() => undefined);
}

/** Gives what `work` gives, or rejects when the signal aborts; what a participant prepares too late is released. */
function untilAborted(work: Promise<Prepared>, signal: AbortSignal): Promise<Prepared> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(asFairleadError(signal.reason, 'apply.prepare-failed'));
      void work.then(releaseQuietly, () => undefined);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject);
  });
}

function failuresOf(name: string, thrown: unknown): readonly ErrorDetail[] {
  const { code, message, details } = asFairleadError(thrown, 'apply.prepare-failed');
  return [
    { place: name, message: `${code}: ${message}` },
    ...details.map(({ place, message: text }) => ({ place: `${name}: ${place}`, message: text })),
  ];
}

async function attempt(
  participant: Participant,
  { snapshot }: Revision,
  secrets: SecretLookup,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    return { prepared: await untilAborted(participant.prepare(snapshot, secrets, signal), signal) };
  } catch (error) {
    return { failures: failuresOf(participant.name, error) };
  }
}

function together(parts: readonly Prepared[]): Prepared {
  return {
    activate: () => {
      for (const part of parts) part.activate();
    },
    release: async () => {
      await Promise.all(parts.map(releaseQuietly));
    },
  };
}

/**
 * Lets every participant prepare a revision beside what serves, all at once; changes nothing that serves.
 * @throws FairleadError `apply.prepare-failed` with details per participant when one refuses or is not done in `limitMs`;
 * what the others prepared is released then.
 */
export async function prepareAll(
  participants: readonly Participant[],
  revision: Revision,
  clock: Clock,
  limitMs: number,
): Promise<Prepared> {
  const secrets = newSecretLookup(revision.secrets);
  const attempts = await withTimeLimit(clock, limitMs, new AbortController().signal, (signal) =>
    Promise.all(participants.map((participant) => attempt(participant, revision, secrets, signal))),
  );
  const prepared = together(attempts.flatMap((one) => ('prepared' in one ? [one.prepared] : [])));
  const details = attempts.flatMap((one) => ('failures' in one ? one.failures : []));
  const [first] = details;
  if (first === undefined) return prepared;
  await prepared.release();
  throw new FairleadError('apply.prepare-failed', `${first.place}: ${first.message}`, { details });
}
