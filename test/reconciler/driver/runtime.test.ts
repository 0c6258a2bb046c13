import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FairleadError } from '../../../src/errors.js';
import { silentLog } from '../../../src/platform/log.js';
import type { DriverEvent } from '../../../src/reconciler/driver/driver.js';
import { RuntimeDriver, type RuntimeNode } from '../../../src/reconciler/driver/runtime.js';
import { FakeClock } from '../../fake-clock.js';
import { LabNode, newLabTls, type LabTls } from '../lab-nodes.js';
import { never, rateControl } from '../plans.js';
import { driverContract, type DriverRig } from './contract.js';

let tls: LabTls;
before(async () => {
  tls = await newLabTls();
});
after(() => tls.remove());

interface RuntimeRig extends DriverRig {
  readonly lab: LabNode;
  readonly clock: FakeClock;
}

async function newRig(): Promise<RuntimeRig> {
  const clock = new FakeClock();
  const lab = new LabNode({ name: 'core-1', role: 'core' }, { tls, clock });
  await lab.start();
  const newDriver = () => new RuntimeDriver([lab.runtimeNode()], { clock, log: silentLog });
  const driver = newDriver();
  return {
    ...{ driver, node: lab.ref, lab, clock },
    reopen: () => Promise.resolve(newDriver()),
    changeByHand: async (resource) => {
      await lab.store.edit({ action: 'put', resource, actor: 'ada' });
    },
    refuseWrites: () => {
      lab.part.beforePrepare = () => Promise.reject(new FairleadError('apply.prepare-failed', 'the part refuses'));
    },
    silence: () => lab.stop(),
    close: async () => {
      await driver.close();
      await lab.stop();
    },
  };
}

driverContract(newRig);

async function withRig(check: (rig: RuntimeRig) => Promise<void>): Promise<void> {
  const rig = await newRig();
  try {
    await check(rig);
  } finally {
    await rig.close();
  }
}

/** Reads events until one is as wanted; gives that one. */
async function eventUntil(events: AsyncIterator<DriverEvent, undefined>, isWanted: (event: DriverEvent) => boolean) {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error('the watch ended');
    if (isWanted(value)) return value;
  }
}

async function observeWith(node: RuntimeNode): Promise<string> {
  const driver = new RuntimeDriver([node], { clock: new FakeClock(), log: silentLog });
  try {
    const [seen] = (await driver.observe(never)).nodes;
    return seen?.reachable === false ? seen.reason : 'reachable';
  } finally {
    await driver.close();
  }
}

test('a node whose certificate another CA signed is not believed', () =>
  withRig(async ({ lab }) => {
    const other = await newLabTls();
    const node = lab.runtimeNode();
    assert.match(await observeWith({ ...node, endpoint: { ...node.endpoint, ca: other.ca } }), /certificate/);
    assert.match(
      await observeWith({ ...node, endpoint: { ...node.endpoint, serverName: 'edge.example.com' } }),
      /edge\.example\.com/,
    );
    other.remove();
  }));

test('a wrong token is told as such, and not shown', () =>
  withRig(async ({ lab }) => {
    const reason = await observeWith(lab.runtimeNode('a-wrong-token'));
    assert.match(reason, /core-1.*token/);
    assert.doesNotMatch(reason, /a-wrong-token/);
  }));

test('the endpoint of another node is not taken for this one', () =>
  withRig(async ({ lab }) => {
    const reason = await observeWith({ ...lab.runtimeNode(), ref: { name: 'core-2', role: 'core' } });
    assert.match(reason, /core-2 is that of core core-1/);
  }));

test('a node that does not answer in time is unreachable, and the call is not repeated', () =>
  withRig(async ({ driver, node, lab, clock }) => {
    lab.part.health = () => {
      clock.advance(300_000);
      return [];
    };
    await assert.rejects(driver.probe(node, never), { code: 'node.unreachable', message: /300000 ms/ });
    assert.equal(lab.part.probes, 1);
  }));

test('the events of a node say who changed what, over a restart of the node too', () =>
  withRig(async ({ driver, lab, clock }) => {
    const ended = new AbortController();
    const events = driver.watch(ended.signal)[Symbol.asyncIterator]();
    await eventUntil(events, ({ type }) => type === 'stream');
    await lab.store.edit({ action: 'put', resource: rateControl(4), actor: 'ada' });
    const { edit } = await eventUntil(events, (event) => event.edit !== undefined);
    assert.equal(edit?.actor, 'ada');
    assert.equal(edit.key, 'AuthorizationRateControl/default');
    await lab.stop();
    await lab.start();
    const back = eventUntil(events, ({ type }) => type === 'stream');
    const pushing = setInterval(() => clock.advance(1000), 5);
    await back;
    clearInterval(pushing);
    ended.abort();
    assert.equal((await events.next()).done, true);
  }));
