import { createSecureContext, type SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import type { HttpsEndpoint } from './https-client.js';

const connectLimitMs = 5000;
const mostContexts = 64;

/** By the CAs they trust, the one made first in front. */
const contexts = new Map<string, SecureContext>();

/** Nodes under the same CAs share what is made of these: reading a CA takes as long as a handshake. */
function contextFor(ca: string | undefined): SecureContext {
  const key = ca ?? '';
  const known = contexts.get(key);
  if (known !== undefined) return known;
  const made = createSecureContext({ minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) });
  contexts.set(key, made);
  for (const first of contexts.keys()) if (contexts.size > mostContexts) contexts.delete(first);
  return made;
}

/** Makes verified TLS connections to one node; a CA that cannot be read makes every attempt fail. */
export function nodeConnector({ ca, serverName }: HttpsEndpoint): buildConnector.connector {
  let connect: buildConnector.connector | undefined;
  return (options, done) => {
    try {
      connect ??= buildConnector({
        timeout: connectLimitMs,
        secureContext: contextFor(ca),
        ...(serverName === undefined ? {} : { servername: serverName }),
      });
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)), null);
      return;
    }
    connect(options, done);
  };
}
