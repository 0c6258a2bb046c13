import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeRole } from '../../../../src/model/plan.js';
import { ClusterRegistrations } from '../../../../src/runtime/sip/registration/cluster-registrations.js';
import { Registrations } from '../../../../src/runtime/sip/registration/registrations.js';
import type { SignallingLink, SignallingLoad } from '../../../../src/runtime/signalling-port.js';
import { FakeClock } from '../../../fake-clock.js';

/** A node whose peers say what a test has them say. */
class Node {
  readonly clock = new FakeClock();
  readonly registrations = new Registrations(this.clock);
  readonly cluster: ClusterRegistrations;
  readonly #loads = new Map<string, SignallingLoad>();

  constructor(role: NodeRole) {
    const links = { links: () => [...this.#loads].map(([peer, load]) => linkTo(peer, load)) };
    this.cluster = new ClusterRegistrations({ clock: this.clock, links, registrations: this.registrations, role });
  }

  hears(peer: string, registrations: number, cluster?: SignallingLoad['cluster']): void {
    this.#loads.set(peer, { registrations, calls: 0, ...(cluster && { cluster }) });
  }

  loses(peer: string): void {
    this.#loads.delete(peer);
  }

  register(device: string): void {
    const place = { flow: device, peer: 'edge1', ucNode: 'cucm-1', isCapable: true };
    this.registrations.put({ device, line: 'a@lab', ...place, expiresSeconds: 600 });
  }

  pass(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      this.cluster.look();
      this.clock.advance(1000);
    }
  }
}

function linkTo(peer: string, load: SignallingLoad): SignallingLink {
  const never = () => false;
  return {
    ...{ peer, peerRole: peer.startsWith('core') ? 'core' : 'edge', isUp: true },
    peerState: { load, ucNodes: {}, draining: false, stunAgreed: true },
    ...{ sendSip: never, sendStun: never, closeFlow: never, sendNews: never },
  };
}

test('a core adds up what the cores have, and an edge only what the cores have', () => {
  const core = new Node('core');
  core.register('a');
  core.hears('core2', 4);
  core.hears('edge1', 5);
  assert.equal(core.cluster.counts().current, 5);
  const edge = new Node('edge');
  edge.register('a');
  edge.hears('core1', 1);
  edge.hears('core2', 4);
  assert.equal(edge.cluster.counts().current, 5);
});

test('the peak is that of the sum, not the sum of peaks', () => {
  const core = new Node('core');
  core.hears('core2', 10, { registrations: 10, peak: 10, isShared: false });
  core.pass(10);
  core.hears('core2', 0, { registrations: 0, peak: 10, isShared: false });
  for (const device of ['a', 'b', 'c']) core.register(device);
  core.pass(10);
  assert.deepEqual(core.cluster.counts(), { current: 3, peak: 10 });
});

test('devices that both cores claim for a moment while they move are no peak', () => {
  const core = new Node('core');
  for (const device of ['a', 'b', 'c']) core.register(device);
  core.hears('core2', 3);
  core.pass(10);
  for (const device of ['d', 'e', 'f']) core.register(device);
  core.pass(3);
  core.loses('core2');
  core.pass(10);
  assert.deepEqual(core.cluster.counts(), { current: 6, peak: 6 });
});

test('a core that speaks for the shared store is believed before any sum', () => {
  const edge = new Node('edge');
  edge.hears('core1', 3, { registrations: 3, peak: 3, isShared: false });
  edge.hears('core2', 4, { registrations: 6, peak: 9, isShared: true });
  assert.deepEqual(edge.cluster.counts(), { current: 6, peak: 9 });
  edge.loses('core2');
  assert.deepEqual(edge.cluster.counts(), { current: 3, peak: 3 });
});
