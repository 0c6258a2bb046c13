import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseEdgeConfig } from '../../src/lab/client/edge-config.js';
import { FairleadError } from '../../src/errors.js';

const document = readFileSync(join(import.meta.dirname, 'testdata', 'edge-config.xml'), 'utf8');

function refused(text: string) {
  assert.throws(
    () => parseEdgeConfig(text),
    (error) => error instanceof FairleadError && error.code === 'lab.unexpected',
  );
}

test('the edge config of a sign-in is read as a client reads it', () => {
  const config = parseEdgeConfig(document);
  assert.deepEqual(config.services.get('_cisco-uds'), [
    { priority: 10, weight: 20, port: 8443, address: 'cucm-1.lab.example' },
    { priority: 20, weight: 10, port: 8443, address: 'cucm-2.lab.example' },
  ]);
  assert.deepEqual(config.services.get('_cuplogin'), []);
  assert.deepEqual(config.sipServers, [{ address: 'edge-1.lab.example', port: 5061 }]);
  assert.deepEqual(config.sipRoutes, ['<sip:10.0.0.7:5061;transport=tls;zone-id=3;directed;lr>']);
  assert.deepEqual(config.xmppServers, [{ address: 'edge-1.lab.example', port: 5222 }]);
  assert.deepEqual(config.httpServers, [{ address: 'edge-1.lab.example', port: 8443 }]);
  assert.deepEqual(config.udsServers, [{ address: 'cucm-1.lab.example', port: 8443 }]);
});

test('what is cut off, is another document, has a document type or a bad port is refused', () => {
  refused(document.slice(0, document.length / 2));
  refused('<html/>');
  refused('');
  refused(document.replace('<getEdgeConfigResponse', '<!DOCTYPE x [<!ENTITY a "b">]><getEdgeConfigResponse'));
  refused(document.replace('>5222<', '>fifty<'));
  refused('<a>'.repeat(100) + '</a>'.repeat(100));
});
