import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import type { SnapshotCause } from '../../../src/admin/contract.js';
import type { Kind } from '../../../src/model/generated/kinds.js';
import { emptySnapshot, singleOf, type Snapshot } from '../../../src/model/snapshot.js';
import { silentLog } from '../../../src/platform/log.js';
import { ConfigStore } from '../../../src/runtime/config-store.js';
import type { PeerPlans } from '../../../src/runtime/link-port.js';
import type { Participant, Prepared, SecretLookup } from '../../../src/runtime/participant.js';
import { Receipts } from '../../../src/runtime/receipts.js';
import type { PlanRun } from '../../../src/runtime/revision.js';
import { StateDirectory } from '../../../src/runtime/state/state-directory.js';
import { FakeClock } from '../../fake-clock.js';

/** A part of a node that serves a number, and can be told to refuse. */
export class LimitParticipant implements Participant {
  readonly kinds: readonly Kind[] = ['AuthorizationRateControl', 'UnifiedCM', 'Domain'];
  serving: Snapshot = emptySnapshot;
  readonly prepared: string[] = [];
  readonly released: string[] = [];
  readonly passwords: string[] = [];
  /** Rejects with it, or waits for it, before anything is prepared. */
  beforePrepare: (next: Snapshot, signal: AbortSignal) => Promise<void> = () => Promise.resolve();

  constructor(readonly name = 'limit') {}

  get limit(): number | undefined {
    return singleOf(this.serving, 'AuthorizationRateControl')?.spec.maximumAuthorizationsPerPeriod;
  }

  async prepare(next: Snapshot, secrets: SecretLookup, signal: AbortSignal): Promise<Prepared> {
    await this.beforePrepare(next, signal);
    for (const resource of next.resources.values()) {
      if (resource.kind !== 'UnifiedCM') continue;
      const { fingerprint } = resource.spec.credentials.passwordRef;
      this.passwords.push(secrets.reveal(fingerprint, resource.metadata.name).reveal());
    }
    this.prepared.push(next.revision);
    return {
      activate: () => {
        this.serving = next;
      },
      release: () => {
        this.released.push(next.revision);
        return Promise.resolve();
      },
    };
  }
}

export interface RigOptions {
  readonly stateDir?: string;
  readonly clock?: FakeClock;
  readonly participants?: readonly LimitParticipant[];
  readonly peers?: PeerPlans;
  readonly checkpoint?: (point: string) => void;
}

/** A started store over a real directory, and what it stands on. */
export interface Rig {
  readonly store: ConfigStore;
  readonly clock: FakeClock;
  readonly stateDir: string;
  readonly participant: LimitParticipant;
  readonly causes: readonly SnapshotCause[];
  /** The runs that the store told of as confirmed. */
  readonly confirmed: readonly PlanRun[];
}

const alonePeers: PeerPlans = { anyConfirmed: () => Promise.resolve(false) };

const root = mkdtempSync(join(tmpdir(), 'fairlead-node-'));
after(() => rmSync(root, { recursive: true, force: true }));

function newStateDir(): string {
  return join(mkdtempSync(join(root, 'node-')), 'state');
}

/** Starts a store; starting another one on the same `stateDir` is a restart of the node. */
export async function startStore(t: TestContext, options: RigOptions = {}): Promise<Rig> {
  const { stateDir = newStateDir(), clock = new FakeClock(), peers = alonePeers } = options;
  const participants = options.participants ?? [new LimitParticipant()];
  const directory = new StateDirectory(stateDir, '0.0.0-test');
  const found = await directory.open();
  const causes: SnapshotCause[] = [];
  const confirmed: PlanRun[] = [];
  const store = new ConfigStore({
    node: 'core-1',
    participants,
    peers,
    directory,
    found,
    receipts: new Receipts(found.ended),
    clock,
    log: silentLog,
    onChange: (cause) => causes.push(cause),
    onConfirmed: (run) => confirmed.push(run),
    checkpoint: options.checkpoint ?? (() => undefined),
  });
  await store.start();
  t.after(() => store.stop());
  return { store, clock, stateDir, participant: participants[0]!, causes, confirmed };
}

/** The resource that a commit changes in most tests. */
export function rateControl(limit: number) {
  return {
    apiVersion: 'fairlead.dev/v1',
    kind: 'AuthorizationRateControl',
    metadata: { name: 'default' },
    spec: { maximumAuthorizationsPerPeriod: limit },
  };
}

/** A UC server whose password carries a fingerprint. */
export function unifiedCm(fingerprint: string) {
  return {
    apiVersion: 'fairlead.dev/v1',
    kind: 'UnifiedCM',
    metadata: { name: 'emea' },
    spec: {
      publisher: 'cucm-pub.example.com',
      credentials: { username: 'reader', passwordRef: { env: 'FAIRLEAD_SECRET_CUCM', fingerprint } },
    },
  };
}

export interface PlanOptions {
  readonly confirmWithinSeconds?: number;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly order?: number;
}

/** Activates a snapshot on top of what serves now; the plan's id is its revision. */
export async function activate(
  { store }: Pick<Rig, 'store'>,
  revision: string,
  resources: readonly unknown[],
  { confirmWithinSeconds = 30, secrets = {}, order }: PlanOptions = {},
) {
  const ifMatch = store.view().digest;
  return await store.activate({
    planId: revision,
    ifMatch,
    snapshot: { revision, resources },
    secrets,
    confirmWithinSeconds,
    ...(order !== undefined && { order }),
  });
}

/** Activates and confirms. */
export async function apply(
  rig: Pick<Rig, 'store'>,
  revision: string,
  resources: readonly unknown[],
  options: PlanOptions = {},
): Promise<void> {
  await activate(rig, revision, resources, options);
  await rig.store.confirm(revision);
}

/** Lets everything that can go on without time or sockets go on until a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
