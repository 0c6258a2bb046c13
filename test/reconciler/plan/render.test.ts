import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentOf } from '../../../src/model/snapshot.js';
import { render } from '../../../src/reconciler/render.js';
import { declarationOf, planOf } from './fixture.js';

const node = (name: string) => ({
  name,
  admin: { url: `https://${name}.example.com:9443`, tokenRef: { env: 'FAIRLEAD_SECRET_ADMIN' } },
});
const nodes = { edges: [node('edge-1')], cores: [node('core-1')] };
const sharedStore = {
  url: 'rediss://valkey.example.com:6379/1',
  passwordRef: { env: 'FAIRLEAD_SECRET_VALKEY', fingerprint: 'hmac-sha256:00' },
};

test('of a Cluster the cores get the shared store, and neither admin addresses nor tokens', () => {
  const declaration = declarationOf({ 'Cluster/emea': { ...nodes, sharedStore, bases: ['bases/common'] } });
  const { resources } = documentOf(render(declaration, { name: 'core-1', role: 'core' }));
  const spec = { driver: 'runtime', edges: [], cores: [], sharedStore, bases: [] };
  assert.deepEqual(resources, [{ apiVersion: 'fairlead.dev/v1', kind: 'Cluster', metadata: { name: 'emea' }, spec }]);
  assert.equal(render(declaration, { name: 'edge-1', role: 'edge' }).resources.size, 0);
});

test('a Cluster without a shared store reaches no node', () => {
  const declaration = declarationOf({ 'Cluster/emea': nodes });
  assert.equal(render(declaration, { name: 'core-1', role: 'core' }).resources.size, 0);
});

test('a change of the store is a change of the cores alone, and taking it out is one, too', () => {
  const cores = { 'core-1': { observed: { 'Cluster/emea': { sharedStore } } }, 'edge-1': { role: 'edge' } } as const;
  const changesOf = (spec: unknown) =>
    planOf({ name: 'store', desired: { 'Cluster/emea': spec }, nodes: cores }).nodes.map(({ changes }) =>
      changes.map(({ change }) => change.action),
    );
  assert.deepEqual(changesOf({ ...nodes, sharedStore: { url: 'rediss://other.example.com' } }), [['update'], []]);
  assert.deepEqual(changesOf(nodes), [['delete'], []]);
  assert.deepEqual(changesOf({ ...nodes, sharedStore }), [[], []]);
});
