import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { writeLabCertificates } from '../../src/lab/certificates/lab-certificates.js';
import { closeListener, listenOn } from '../../src/lab/listener.js';
import { systemClock } from '../../src/platform/clock.js';

export type EdgeScript = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTPS server with a verified name that answers as a test says. */
export async function startScriptedEdge(directory: string, host: string, script: EdgeScript) {
  const servers = [{ name: host, hosts: [{ type: 'dns', value: host } as const] }];
  const paths = await writeLabCertificates(directory, { servers, clients: [], cores: [], nodes: [] }, systemClock);
  const { certFile, keyFile } = paths.server(host);
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, script);
  const port = await listenOn(server, '127.0.0.1', 0);
  return {
    address: { host, port },
    ca: readFileSync(paths.authority.certFile, 'utf8'),
    stop: async () => {
      const closed = closeListener(server);
      server.closeAllConnections();
      await closed;
    },
  };
}
