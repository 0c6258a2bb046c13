import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { adminPaths } from '../../src/admin/contract.js';
import { readerPasswordFile } from '../../src/lab/estate/cluster-documents.js';
import type { Estate } from '../../src/lab/estate/estate.js';
import type { EstateNode } from '../../src/lab/estate/estate-layout.js';
import { NodeAdmin } from '../../src/lab/estate/node-admin.js';
import { isRecord } from '../../src/model/json.js';
import { kindInfo } from '../../src/model/kinds.js';
import { type Resource, newSnapshot } from '../../src/model/snapshot.js';
import { parseResource } from '../../src/model/validate.js';

const fingerprint = 'hmac-sha256:by-hand';
const planId = `sha256:${'a'.repeat(64)}`;

async function declared(estate: Estate): Promise<readonly Resource[]> {
  const resources: Resource[] = [];
  for (const file of (await estate.repository.git('ls-files', '*.yaml')).split('\n')) {
    const text = (await estate.repository.read(file)).replace(
      `file: ${readerPasswordFile}`,
      `file: ${readerPasswordFile}\n      fingerprint: ${fingerprint}`,
    );
    for (const document of parseAllDocuments(text)) resources.push(parseResource(document.toJS(), 'rendered'));
  }
  return resources;
}

async function activate(estate: Estate, node: EstateNode, resources: readonly Resource[]): Promise<void> {
  const token = readFileSync(estate.paths.applyToken(node.name), 'utf8').trim();
  const admin = new NodeAdmin({ port: node.adminPort, host: node.host, ca: estate.ca, token });
  try {
    const status = (await admin.get(adminPaths.status)).body;
    assert.ok(isRecord(status) && typeof status['digest'] === 'string');
    // Of a Cluster nodes read only the shared store, and an estate has none.
    const wanted = resources.filter(({ kind }) => kind !== 'Cluster' && kindInfo(kind).roles.includes(node.role));
    const snapshot = { revision: 'b'.repeat(40), resources: [...newSnapshot('', wanted).resources.values()] };
    const password = readFileSync(join(estate.paths.secrets, readerPasswordFile), 'utf8').trim();
    const secrets = node.role === 'core' ? { [fingerprint]: password } : {};
    const request = { planId, snapshot, secrets, confirmWithinSeconds: 30 };
    const activated = await admin.post(adminPaths.activate, request, status['digest']);
    assert.equal(activated.status, 200, JSON.stringify(activated.body));
    assert.equal((await admin.post(adminPaths.confirm, { planId })).status, 200);
  } finally {
    await admin.close();
  }
}

/** Brings the documents of the estate's repository to nodes, all unless given, without a reconciler: activates and confirms. */
export async function activateByHand(estate: Estate, nodes: readonly EstateNode[] = estate.nodes): Promise<void> {
  const resources = await declared(estate);
  for (const node of nodes) await activate(estate, node, resources);
}
