import type { TestContext } from 'node:test';
import type { Json } from '../../../src/model/json.js';
import { systemClock as clock } from '../../../src/platform/clock.js';
import { silentLog as log } from '../../../src/platform/log.js';
import { newMeter } from '../../../src/platform/meter.js';
import { Secret } from '../../../src/platform/secret.js';
import { type GrantDesk, newGrantDesk } from '../../../src/runtime/grants/grant-desk.js';
import { SharedStore } from '../../../src/runtime/store/shared/shared-store.js';
import { readStatementSigner, readStatementVerifier } from '../../../src/runtime/statement-keys.js';
import { newSnapshot, type Snapshot } from '../../../src/model/snapshot.js';
import { parseResource } from '../../../src/model/validate.js';
import { labCertificates } from '../access/access-kit.js';

const paths = await labCertificates();

/** The snapshot of a core whose cluster names a store, or none. */
function snapshotWith(sharedStore?: Readonly<Record<string, Json>>): Snapshot {
  if (sharedStore === undefined) return newSnapshot('', []);
  const cluster = { apiVersion: 'fairlead.dev/v1', kind: 'Cluster', metadata: { name: 'lab' }, spec: { sharedStore } };
  return newSnapshot('', [parseResource(cluster, 'rendered')]);
}

/** On a busy machine an answer that is on its way is not to be given up. */
const patienceMs = 500;

/** Devices that a test registers by hand. */
export class Devices {
  readonly #here = new Set<string>();
  #tell: (device: string, isHere: boolean) => void = () => undefined;

  devices(): Iterable<string> {
    return this.#here;
  }

  onDevice(listener: (device: string, isHere: boolean) => void): void {
    this.#tell = listener;
  }

  arrive(...names: readonly string[]): void {
    for (const name of names) {
      this.#here.add(name);
      this.#tell(name, true);
    }
  }

  leave(...names: readonly string[]): void {
    for (const name of names) if (this.#here.delete(name)) this.#tell(name, false);
  }
}

/** What a core shares with others, without the rest of the core. */
export interface StoreCore {
  readonly store: SharedStore;
  readonly grants: GrantDesk;
  readonly devices: Devices;
  use(sharedStore?: Readonly<Record<string, Json>>, password?: string): Promise<void>;
  readonly isUp: () => Promise<boolean>;
  stop(): Promise<void>;
}

/** Starts what a core shares; it has no store until it is told to use one. */
export async function startStoreCore(t: TestContext, node = 'core1'): Promise<StoreCore> {
  const meter = newMeter();
  const grants = newGrantDesk(readStatementSigner(paths.tokenSigningKey(node)), clock);
  const keys = readStatementVerifier(paths.tokenVerificationKeys);
  const store = new SharedStore({ clock, log, meter, cluster: 'lab', node, grants, keys, patienceMs });
  const devices = new Devices();
  store.countDevices(devices);
  await store.start();
  t.after(() => store.stop());
  return {
    ...{ store, grants, devices },
    async use(sharedStore, password = '') {
      const secrets = { reveal: () => new Secret(password) };
      (await store.prepare(snapshotWith(sharedStore), secrets)).activate();
    },
    isUp: async () => /^fairlead_store_up 1$/m.test(await meter.expose()),
    stop: () => store.stop(),
  };
}
