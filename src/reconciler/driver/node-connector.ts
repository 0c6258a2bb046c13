import { createSecureContext, type SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import type { HttpsEndpoint } from './https-endpoint.js';

const connectLimitMs = 5000;
const mostContexts = 64;

/** By the CAs they trust, the one made first in front. */
const contexts = new Map<string, SecureContext>();

/** Nodes under the same CAs share what is made of these: reading a CA takes as long as a handshake. */
function contextFor({ ca, isPinned = false }: HttpsEndpoint): SecureContext {
  const key = `${isPinned ? 'pinned' : ''} ${ca ?? ''}`;
  const known = contexts.get(key);
  if (known !== undefined) return known;
  const trust = { allowPartialTrustChain: isPinned, ...(ca === undefined ? {} : { ca }) };
  const made = createSecureContext({ minVersion: 'TLSv1.2', ...trust });
  contexts.set(key, made);
  for (const first of contexts.keys()) if (contexts.size > mostContexts) contexts.delete(first);
  return made;
}

/** Makes verified TLS connections to one node; a CA that cannot be read makes every attempt fail. */
export function nodeConnector(endpoint: HttpsEndpoint): buildConnector.connector {
  const { serverName } = endpoint;
  let connect: buildConnector.connector | undefined;
  return (options, done) => {
    try {
      connect ??= buildConnector({
        timeout: connectLimitMs,
        secureContext: contextFor(endpoint),
        ...(serverName === undefined ? {} : { servername: serverName }),
      });
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)), null);
      return;
    }
    connect(options, done);
  };
}
