// Runs under a limit on the size of files, which the system enforces as a full disk does: applies a small snapshot, then one
// that does not fit, and prints what became of it.
import { ConfigStore } from '../../../src/runtime/config-store.js';
import { asFairleadError } from '../../../src/errors.js';
import { systemClock } from '../../../src/platform/clock.js';
import { silentLog } from '../../../src/platform/log.js';
import { Receipts } from '../../../src/runtime/receipts.js';
import { StateDirectory } from '../../../src/runtime/state/state-directory.js';
import { apply, LimitParticipant, rateControl } from './store-rig.js';

const directory = new StateDirectory(process.argv[2]!, '0.0.0-test');
const found = await directory.open();
const participant = new LimitParticipant();
const store = new ConfigStore({
  node: 'core-1',
  participants: [participant],
  peers: { anyConfirmed: () => Promise.resolve(false) },
  directory,
  found,
  receipts: new Receipts(found.ended),
  clock: systemClock,
  log: silentLog,
  onChange: () => undefined,
  onConfirmed: () => undefined,
  checkpoint: () => undefined,
});
await store.start();
await apply({ store }, 'plan-1', [rateControl(5)]);
const domains = Array.from({ length: 500 }, (_, index) => ({
  apiVersion: 'fairlead.dev/v1',
  kind: 'Domain',
  metadata: { name: `domain-${index}.example` },
  spec: {},
}));
const outcome = await apply({ store }, 'plan-2', [rateControl(6), ...domains]).then(
  () => 'applied',
  (error: unknown) => asFairleadError(error).code,
);
await apply({ store }, 'plan-3', [rateControl(7)]);
console.log(JSON.stringify({ outcome, limit: participant.limit }));
await store.stop();
