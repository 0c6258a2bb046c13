import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CoreView, orderCores, type RegisterWish } from '../../../src/runtime/routing/core-order.js';

const light: CoreView = { name: 'core-2', isDraining: false, registrations: 10 };
const heavy: CoreView = { name: 'core-1', isDraining: false, registrations: 90 };
const wish: RegisterWish = {
  intended: 'core-1',
  isRefresh: true,
  hasCall: false,
  isCapable: true,
  balanced: undefined,
};

test('a client stays with the core it is bound to, and the others stand by', () => {
  assert.deepEqual(orderCores([heavy, light], true, wish), { type: 'cores', names: ['core-1', 'core-2'] });
});

test('a client that follows goes to a peer when its core is down, draining, or has too much', () => {
  const instead = { type: 'cores', names: ['core-2'] };
  assert.deepEqual(orderCores([light], true, wish), instead);
  assert.deepEqual(orderCores([{ ...heavy, isDraining: true }, light], true, wish), instead);
  const balanced = orderCores([heavy, light], true, { ...wish, balanced: 'core-2' });
  assert.deepEqual(balanced, { type: 'cores', names: ['core-2', 'core-1'] });
});

test('a refresh of a client that does not follow has its own core or none', () => {
  const standard = { ...wish, isCapable: false };
  assert.deepEqual(orderCores([light], true, standard), { type: 'down' });
  assert.deepEqual(orderCores([light], false, wish), { type: 'down' }, 'adaptive routing is off');
  assert.deepEqual(orderCores([heavy, light], true, standard), { type: 'cores', names: ['core-1'] });
});

test('a client that does not follow and comes anew is served by any core, its own first', () => {
  const anew = { ...wish, isCapable: false, isRefresh: false };
  assert.deepEqual(orderCores([light], true, anew), { type: 'cores', names: ['core-2'] });
  assert.deepEqual(orderCores([heavy, light], true, anew), { type: 'cores', names: ['core-1', 'core-2'] });
});

test('a draining core takes nobody, except a device that is on a call', () => {
  const draining = [{ ...heavy, isDraining: true }];
  const standard = { ...wish, isCapable: false };
  assert.deepEqual(orderCores(draining, true, standard), { type: 'draining' });
  assert.deepEqual(orderCores(draining, true, wish), { type: 'draining' });
  const onCall = { ...wish, hasCall: true };
  assert.deepEqual(orderCores([...draining, light], true, onCall), { type: 'cores', names: ['core-1'] });
});

test('whoever is new and says nothing gets the least loaded core', () => {
  const nobody = { intended: undefined, isRefresh: false, hasCall: false, isCapable: false, balanced: undefined };
  assert.deepEqual(orderCores([heavy, light], true, nobody), { type: 'cores', names: ['core-2', 'core-1'] });
  assert.deepEqual(orderCores([], true, nobody), { type: 'down' });
});
