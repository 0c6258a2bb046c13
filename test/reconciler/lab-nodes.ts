import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeStatus } from '../../src/admin/contract.js';
import { issueLeaf, newAuthority } from '../../src/lab/certificates/authority.js';
import type { Health, ProbeCheck } from '../../src/model/health.js';
import { allKinds } from '../../src/model/kinds.js';
import type { NodeRef } from '../../src/model/plan.js';
import { emptySnapshot, resourcesOf, type Snapshot } from '../../src/model/snapshot.js';
import type { Clock } from '../../src/platform/clock.js';
import { silentLog } from '../../src/platform/log.js';
import { Secret } from '../../src/platform/secret.js';
import type { RuntimeNode } from '../../src/reconciler/driver/runtime.js';
import { AdminServer } from '../../src/runtime/admin/admin-server.js';
import { DrainSwitch } from '../runtime/maintenance/drain-switch.js';
import { ClusterStanding } from '../../src/runtime/cluster-standing.js';
import { ConfigStore } from '../../src/runtime/config-store.js';
import type { RunName } from '../../src/runtime/link-port.js';
import { NodeEvents } from '../../src/runtime/node-events.js';
import type { Participant, Prepared } from '../../src/runtime/participant.js';
import { Receipts } from '../../src/runtime/receipts.js';
import { StateDirectory } from '../../src/runtime/state/state-directory.js';

export const applyToken = 'the-token-of-the-reconciler';
const operatorToken = 'the-token-of-ada';

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Certificates for 127.0.0.1 in files, and the CA that signed them. */
export interface LabTls {
  readonly ca: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly directory: string;
  remove(): void;
}

export async function newLabTls(): Promise<LabTls> {
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-reconciler-'));
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const authority = await newAuthority('Fairlead test CA', validity);
  const names = [{ type: 'ip', value: '127.0.0.1' } as const];
  const leaf = await issueLeaf(authority, { commonName: 'node', names, use: 'server' }, validity);
  const [certFile, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  writeFileSync(certFile, leaf.certificate);
  writeFileSync(keyFile, leaf.key);
  return {
    ...{ ca: authority.certificate, certFile, keyFile, directory },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The one part of a lab node: it serves domains, and a test decides what it refuses and how it feels. */
class LabPart implements Participant {
  readonly name = 'lab';
  readonly kinds = allKinds;
  serving: Snapshot = emptySnapshot;
  /** Rejects with it, or waits for it, before anything is prepared. */
  beforePrepare: (next: Snapshot) => Promise<void> = () => Promise.resolve();
  /** What a probe finds while a snapshot serves. */
  health: (serving: Snapshot) => readonly ProbeCheck[] = () => [];
  probes = 0;

  /** Names of the domains that are served; tests tell revisions by them. */
  get domains(): string {
    return resourcesOf(this.serving, 'Domain')
      .map(({ metadata }) => metadata.name)
      .join(' ');
  }

  async prepare(next: Snapshot): Promise<Prepared> {
    await this.beforePrepare(next);
    return {
      activate: () => {
        this.serving = next;
      },
      release: () => Promise.resolve(),
    };
  }
}

export interface LabNodeOptions {
  readonly tls: LabTls;
  readonly clock: Clock;
  readonly peers?: () => readonly LabNode[];
}

interface Running {
  readonly store: ConfigStore;
  readonly server: AdminServer;
  readonly receipts: Receipts;
  readonly standings: ClusterStanding;
}

/** The real configuration store and the real admin interface of a node, in this process, with one part that a test controls. */
export class LabNode {
  readonly part = new LabPart();
  readonly #options: LabNodeOptions;
  readonly #stateDir: string;
  #running: Running | undefined;
  #port = 0;

  constructor(
    readonly ref: NodeRef,
    options: LabNodeOptions,
  ) {
    this.#options = options;
    this.#stateDir = mkdtempSync(join(options.tls.directory, `${ref.name}-`));
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  get standings(): ClusterStanding {
    return this.#running!.standings;
  }

  get store(): ConfigStore {
    return this.#running!.store;
  }

  runtimeNode(token = applyToken): RuntimeNode {
    const { tls } = this.#options;
    return { ref: this.ref, endpoint: { node: this.ref.name, url: this.url, token: new Secret(token), ca: tls.ca } };
  }

  hasConfirmed(run: RunName): boolean {
    return this.#running?.receipts.isConfirmed(run) ?? false;
  }

  /** Starts, or starts again on what was kept. */
  async start(): Promise<void> {
    const { tls, clock, peers = () => [] } = this.#options;
    const directory = new StateDirectory(this.#stateDir, '0.0.0-test');
    const found = await directory.open();
    const receipts = new Receipts(found.ended);
    const events = new NodeEvents(`${this.ref.name}-${clock.monotonicMs()}`);
    const standings = new ClusterStanding({
      ...{ node: this.ref.name, catchUpSeconds: 60, laggards: found.laggards, clock, log: silentLog },
      drain: new DrainSwitch(),
      confirmed: found.confirmed?.run,
      save: (laggards) => directory.saveLaggards(laggards),
    });
    await standings.start();
    const store = new ConfigStore({
      ...{ node: this.ref.name, participants: [this.part], directory, found, receipts, clock, log: silentLog },
      peers: { anyConfirmed: (run) => Promise.resolve(peers().some((peer) => peer.hasConfirmed(run))) },
      onChange: (cause) => events.publish({ type: 'snapshot', digest: store.view().digest, cause }),
      onConfirmed: (run) => standings.confirmed(run),
      checkpoint: () => undefined,
    });
    await store.start();
    const backend = {
      ...{ store, events, checkpoint: () => undefined, metrics: () => Promise.resolve('') },
      status: () => this.#status(store, standings),
      probe: () => Promise.resolve(this.#probe()),
    };
    const identities = [
      { name: 'reconciler', scopes: ['apply'], tokenSha256: sha256(applyToken) },
      { name: 'ada', scopes: ['operate'], tokenSha256: sha256(operatorToken) },
    ] as const;
    const listen = { host: '127.0.0.1', port: this.#port };
    const server = new AdminServer({ listen, tls, identities }, { backend, version: '0', clock, log: silentLog });
    await server.start();
    this.#port = server.port();
    this.#running = { store, server, receipts, standings };
  }

  async stop(): Promise<void> {
    await this.#running?.server.stop();
    await this.#running?.store.stop();
    await this.#running?.standings.stop();
    this.#running = undefined;
  }

  #status(store: ConfigStore, { order, missed, isHeld }: ClusterStanding): NodeStatus {
    const { snapshot, digest, pending, confirmedPlanId, edits } = store.view();
    return {
      ...{ ...this.ref, cluster: 'lab', version: '0', kinds: store.kinds, revision: snapshot.revision, digest, edits },
      ...(pending && { pending }),
      ...(confirmedPlanId !== undefined && { confirmedPlanId }),
      confirmedOrder: order,
      ...(missed && { behind: { planId: missed.planId, order: missed.order, serves: !isHeld } }),
      counts: { users: 0, sessions: 0, registrations: 0 },
      links: [],
      ready: true,
      startedAt: new Date(0).toISOString(),
    };
  }

  #probe(): Health {
    this.part.probes += 1;
    return { node: this.ref.name, checks: this.part.health(this.part.serving) };
  }
}
