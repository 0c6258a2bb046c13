import { join } from 'node:path';
import { asFairleadError } from '../../errors.js';
import type { SchemaCheck } from '../../model/schema-check.js';
import { newSnapshot, type Snapshot } from '../../model/snapshot.js';
import { parseResource } from '../../model/validate.js';
import type { IncomingSnapshot } from '../admission.js';
import type { Laggard } from '../link-port.js';
import type { EndedPlan } from '../receipts.js';
import type { ConfirmedRevision, PendingRevision } from '../revision.js';
import { secretsFor, secretValues, type SecretValues } from '../secret-store.js';
import { readState } from './state-file.js';
import { stateFiles, storedShapes, type StoredConfirmed, type StoredPending } from './stored-state.js';

/** What a node finds in its state directory when it starts. */
export interface FoundState {
  /** The newest confirmed revision that can be read; absent on a first start, and when `lost` says why there is none. */
  readonly confirmed?: ConfirmedRevision;
  readonly lost?: string;
  readonly pending?: PendingRevision;
  /** Fingerprints of the secrets on disk, sorted; absent when the file cannot be read. */
  readonly fingerprints?: readonly string[];
  /** Oldest first. */
  readonly ended: readonly EndedPlan[];
  /** Nodes that a confirmed run left behind, as far as this node knew. */
  readonly laggards: readonly Laggard[];
  /** What was torn or could not be understood, for people. */
  readonly warnings: readonly string[];
}

/** One file after the look into it; neither for a file that is not there. */
interface Read<T> {
  readonly value?: T;
  readonly damage?: string;
}

/** Fields that did not exist when the snapshot was written get their defaults here; all others are written out in it. */
function snapshotOf({ revision, resources }: IncomingSnapshot): Snapshot {
  return newSnapshot(
    revision,
    resources.map((resource) => parseResource(resource, 'rendered')),
  );
}

function confirmedOf({ run, snapshot, edits }: StoredConfirmed, held: SecretValues): ConfirmedRevision {
  const read = snapshotOf(snapshot);
  return { snapshot: read, secrets: secretsFor(read, held), edits, ...(run && { run }) };
}

function pendingOf({ run, confirmWithinMs, snapshot }: StoredPending, held: SecretValues): PendingRevision {
  const read = snapshotOf(snapshot);
  return { snapshot: read, secrets: secretsFor(read, held), run, confirmWithinMs };
}

async function readFileOf<Stored, T>(
  path: string,
  shape: SchemaCheck<Stored>,
  understand: (stored: Stored) => T,
): Promise<Read<T>> {
  const state = await readState(path);
  if (state.found === 'nothing') return {};
  if (state.found === 'torn') return { damage: `${path} is damaged: ${state.reason}` };
  const checked = shape(state.content);
  if (!checked.ok)
    return { damage: `${path} is not understood: ${checked.faults[0]?.message ?? 'its shape is wrong'}` };
  try {
    return { value: understand(checked.value) };
  } catch (error) {
    return { damage: `${path} is not understood: ${asFairleadError(error).message}` };
  }
}

/** The newest confirmed revision that is whole. */
function newestWhole(
  confirmed: Read<ConfirmedRevision>,
  previous: Read<ConfirmedRevision>,
): Pick<FoundState, 'confirmed' | 'lost'> {
  const whole = confirmed.value ?? previous.value;
  if (whole !== undefined) return { confirmed: whole };
  const damage = confirmed.damage ?? previous.damage;
  return damage === undefined ? {} : { lost: damage };
}

/**
 * Reads what the last run of a node left in its state directory. Damage never throws: it is told in `warnings`, and the
 * confirmed revision before the damaged one is taken.
 * @throws FairleadError `node.storage` when a file is there but cannot be read.
 */
export async function recover(directory: string): Promise<FoundState> {
  const at = (name: string): string => join(directory, name);
  const secrets = await readFileOf(at(stateFiles.secrets), storedShapes.secrets, (stored) =>
    secretValues(stored.secrets),
  );
  const held: SecretValues = secrets.value ?? new Map();
  const fingerprints = secrets.damage === undefined ? { fingerprints: [...held.keys()].toSorted() } : {};
  const readConfirmed = (name: string) => readFileOf(at(name), storedShapes.confirmed, (one) => confirmedOf(one, held));
  const confirmed = await readConfirmed(stateFiles.confirmed);
  const previous = await readConfirmed(stateFiles.previous);
  const pending = await readFileOf(at(stateFiles.pending), storedShapes.pending, (one) => pendingOf(one, held));
  const receipts = await readFileOf(at(stateFiles.receipts), storedShapes.receipts, ({ ended }) => ended);
  const behind = await readFileOf(at(stateFiles.laggards), storedShapes.laggards, ({ laggards }) => laggards);
  const warnings = [secrets, confirmed, previous, pending, receipts, behind].flatMap(({ damage }) => damage ?? []);
  if (confirmed.value === undefined && previous.value !== undefined) {
    warnings.push(`the node started from the confirmed snapshot before the last one`);
  }
  return {
    ...newestWhole(confirmed, previous),
    ...fingerprints,
    ...(pending.value && { pending: pending.value }),
    ended: receipts.value ?? [],
    laggards: behind.value ?? [],
    warnings,
  };
}
