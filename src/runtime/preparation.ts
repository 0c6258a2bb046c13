import { FairleadError, asFairleadError, type ErrorDetail } from '../errors.js';
import type { Clock } from '../platform/clock.js';
import { isPassing } from '../platform/passing-failure.js';
import { withTimeLimit } from '../platform/time-limit.js';
import type { Participant, Prepared, SecretLookup } from './participant.js';
import type { Revision } from './revision.js';
import { newSecretLookup } from './secret-store.js';

interface Failure {
  readonly details: readonly ErrorDetail[];
  /** It may go away while the revision stays the same. */
  readonly isPassing: boolean;
}

type Attempt = { readonly prepared: Prepared } | { readonly failure: Failure };

async function releaseQuietly(prepared: Prepared): Promise<void> {
  await prepared.release().catch(() => undefined);
}

/** Gives what `work` gives, or rejects when the signal aborts; what a participant prepares too late is released. */
function untilAborted(work: Promise<Prepared>, signal: AbortSignal): Promise<Prepared> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
      void work.then(releaseQuietly, () => undefined);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject);
  });
}

function failureOf(name: string, thrown: unknown): Failure {
  const { code, message, details } = asFairleadError(thrown, 'apply.prepare-failed');
  const own = { place: name, message: `${code}: ${message}` };
  const places = details.map(({ place, message: text }) => ({ place: `${name}: ${place}`, message: text }));
  return { details: [own, ...places], isPassing: isPassing(thrown) };
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
    return { failure: failureOf(participant.name, error) };
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
 * what the others prepared is released then. Its retry class is `backoff` when every failure may go away by itself.
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
  const failures = attempts.flatMap((one) => ('failure' in one ? [one.failure] : []));
  const details = failures.flatMap((failure) => failure.details);
  const [first] = details;
  if (first === undefined) return prepared;
  await prepared.release();
  const retry = failures.every((failure) => failure.isPassing) ? 'backoff' : 'on-new-revision';
  throw new FairleadError('apply.prepare-failed', `${first.place}: ${first.message}`, { details, retry });
}
