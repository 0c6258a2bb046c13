import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { silentLog } from '../../../src/platform/log.js';
import { RuntimeDriver } from '../../../src/reconciler/driver/runtime.js';
import { FakeClock } from '../../fake-clock.js';
import { LabNode, newLabTls, type LabTls } from '../lab-nodes.js';
import { never } from '../plans.js';

const count = 24;
const clock = new FakeClock();
let tls: LabTls;
let nodes: readonly LabNode[];

before(async () => {
  tls = await newLabTls();
  const names = Array.from({ length: count }, (_, index) => `core-${index + 1}`);
  nodes = names.map((name) => new LabNode({ name, role: 'core' }, { tls, clock }));
  await Promise.all(nodes.map((node) => node.start()));
});
after(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  tls.remove();
});

test('many nodes are observed and watched at once, in their order, and nobody complains of leaks', async () => {
  const complaints: string[] = [];
  const listen = ({ message }: Error) => complaints.push(message);
  process.on('warning', listen);
  const driver = new RuntimeDriver(
    nodes.map((node) => node.runtimeNode()),
    { clock, log: silentLog },
  );
  const ended = new AbortController();
  const watched = new Set<string>();
  for await (const { node } of driver.watch(ended.signal)) {
    watched.add(node);
    if (watched.size < count) continue;
    const observed = await driver.observe(never);
    assert.deepEqual(
      observed.nodes.map(({ node: { name }, reachable }) => [name, reachable]),
      nodes.map(({ ref }) => [ref.name, true]),
    );
    ended.abort();
  }
  await driver.close();
  process.off('warning', listen);
  assert.equal(watched.size, count);
  assert.deepEqual(complaints, []);
});
