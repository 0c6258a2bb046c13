import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Service, startInOrder, stopInReverse } from '../../src/runtime/service.js';

function newService(name: string, log: string[], failing?: 'start' | 'stop'): Service {
  const step = (kind: 'start' | 'stop') => (): Promise<void> => {
    log.push(`${kind} ${name}`);
    return failing === kind ? Promise.reject(new Error(`${kind} of ${name}`)) : Promise.resolve();
  };
  return { name, start: step('start'), stop: step('stop') };
}

test('services start in order and stop in reverse', async () => {
  const log: string[] = [];
  const services = ['a', 'b', 'c'].map((name) => newService(name, log));
  await startInOrder(services);
  await stopInReverse(services);
  assert.deepEqual(log, ['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
});

test('when one cannot start, those before it are stopped and the others never start', async () => {
  const log: string[] = [];
  const services = [newService('a', log), newService('b', log), newService('c', log, 'start'), newService('d', log)];
  await assert.rejects(startInOrder(services), /start of c/);
  assert.deepEqual(log, ['start a', 'start b', 'start c', 'stop b', 'stop a']);
});

test('a failing stop keeps no other service from being stopped', async () => {
  const log: string[] = [];
  const services = [newService('a', log), newService('b', log, 'stop'), newService('c', log)];
  await assert.rejects(stopInReverse(services), /stop of b/);
  assert.deepEqual(log, ['stop c', 'stop b', 'stop a']);
});
