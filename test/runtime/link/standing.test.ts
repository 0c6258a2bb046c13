import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Standings } from '../../../src/runtime/link-port.js';
import { DrainSwitch } from '../maintenance/drain-switch.js';
import { newStanding } from '../new-standing.js';
import { LinkEstate, statusOf, upLink } from './estate.js';

function settled(standing: Standings, isSettled: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (isSettled()) resolve();
    };
    standing.onChange(look);
    look();
  });
}

test('both ends know who is behind before their link is up', async (t) => {
  const core = newStanding('core1');
  const edge = newStanding('edge1');
  edge.confirmed({ planId: 'plan-a', startedAtMs: 1, order: 5, leftBehind: ['core1'] });
  const links = new LinkEstate(t);
  const edgeLinks = await links.edge('edge1', ['core1'], { standings: edge });
  const heldWhenUp: boolean[] = [];
  edgeLinks.onChange(({ state }) => {
    if (state === 'up') heldWhenUp.push(edge.isHeldBack('core1'), core.isHeld);
  });
  const coreLinks = await links.core('core1', { edge1: edgeLinks }, { standings: core });
  await statusOf(coreLinks, 'edge1', ({ state }) => state === 'up');
  await upLink(edgeLinks, 'core1');
  assert.deepEqual(heldWhenUp, [true, true]);
  core.confirmed({ planId: 'plan-b', startedAtMs: 2, order: 6 });
  await settled(edge, () => !edge.isHeldBack('core1'));
  await core.stop();
});

test('a core learns through an edge that took no part what another core was confirmed without it', async (t) => {
  const links = new LinkEstate(t);
  const edge = newStanding('edge1');
  const cores = [newStanding('core1'), newStanding('core2')] as const;
  const edgeLinks = await links.edge('edge1', ['core1', 'core2'], { standings: edge });
  for (const [index, standings] of cores.entries())
    await links.core(`core${index + 1}`, { edge1: edgeLinks }, { standings });
  for (const name of ['core1', 'core2']) await upLink(edgeLinks, name);
  cores[0].confirmed({ planId: 'plan-a', startedAtMs: 1, order: 5, leftBehind: ['core2'] });
  await settled(cores[1], () => cores[1].isHeld);
  assert.deepEqual([edge.isHeldBack('core2'), edge.isHeld, cores[0].isHeld], [true, false, false]);
  await cores[1].stop();
});

test('an edge hears over the link that a core drains, and when it is back', async (t) => {
  const links = new LinkEstate(t);
  const drain = new DrainSwitch();
  const edge = newStanding('edge1');
  const edgeLinks = await links.edge('edge1', ['core1'], { standings: edge });
  drain.set(true);
  await links.core('core1', { edge1: edgeLinks }, { standings: newStanding('core1', { drain }) });
  await upLink(edgeLinks, 'core1');
  assert.ok(edge.isDraining('core1'), 'it was said with the first word');
  drain.set(false);
  while (edge.isDraining('core1')) await new Promise((resolve) => setImmediate(resolve));
});
