import type { Dispatcher } from 'undici';
import { asFairleadError, FairleadError } from '../../../errors.js';
import type { Clock } from '../../../platform/clock.js';
import { withTimeLimit } from '../../../platform/time-limit.js';
import type { Distribution } from '../../../platform/meter.js';
import { readBoundedText } from '../bounded-text.js';
import type { ServerRotation } from './server-rotation.js';
import type { UcCluster, UcServer } from './uc-cluster.js';
import { readXml, type XmlElement } from './xml.js';

/** Largest UDS document, in bytes. */
const maximumDocumentBytes = 1024 * 1024;

/** The word of a UDS server: the document, or a status that says no. Everything else is no word at all. */
export type UdsWord = { readonly status: 200; readonly document: XmlElement } | { readonly status: 401 | 403 | 404 };

/** A call of the UDS interface. */
export interface UdsCall {
  /** Below `/cucm-uds`, with its query. */
  readonly path: string;
  /** Name of the document's root element. */
  readonly root: string;
  /** The Authorization field of the user, where UDS asks for one. */
  readonly authorization?: string;
}

/** UDS, the user data services of Unified CM, over TLS. */
export interface UdsClient {
  /**
   * Asks the servers of a cluster, one after another until one gives its word.
   * @throws FairleadError `access.upstream-unreachable`, `access.upstream-malformed` as the last server failed.
   */
  ask(cluster: UcCluster, call: UdsCall, signal: AbortSignal): Promise<UdsWord>;
  /** Asks one server; throws as `ask`. */
  askServer(cluster: UcCluster, server: UcServer, call: UdsCall, signal: AbortSignal): Promise<UdsWord>;
}

async function readWord({ statusCode, headers, body }: Dispatcher.ResponseData, root: string): Promise<UdsWord> {
  const text = await readBoundedText(body, maximumDocumentBytes);
  if (statusCode === 401 || statusCode === 403 || statusCode === 404) return { status: statusCode };
  if (statusCode !== 200) throw new FairleadError('access.upstream-unreachable', `UDS answered ${statusCode}`);
  const type = String(headers['content-type']);
  if (!/^(?:text|application)\/xml\b/i.test(type)) {
    throw new FairleadError('access.upstream-malformed', `UDS answered with ${type} instead of XML`);
  }
  const document = readXml(text);
  if (document.name === root) return { status: 200, document };
  throw new FairleadError('access.upstream-malformed', `UDS answered with <${document.name}> instead of <${root}>`);
}

function failureOf(error: unknown, { origin }: UcServer): FairleadError {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof FairleadError ? error.code : 'access.upstream-unreachable';
  return new FairleadError(code, `${origin}: ${message}`, { cause: error });
}

export function newUdsClient(clock: Clock, rotation: ServerRotation, latencySeconds: Distribution): UdsClient {
  async function exchange(
    { upstream }: UcCluster,
    server: UcServer,
    call: UdsCall,
    signal: AbortSignal,
  ): Promise<UdsWord> {
    const answer = await upstream.dispatcher.request({
      origin: server.origin,
      path: `/cucm-uds${call.path}`,
      method: 'GET',
      headers: { accept: 'text/xml', ...(call.authorization !== undefined && { authorization: call.authorization }) },
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return await readWord(answer, call.root);
  }

  async function askServer(cluster: UcCluster, server: UcServer, call: UdsCall, signal: AbortSignal): Promise<UdsWord> {
    const startMs = clock.monotonicMs();
    try {
      const word = await withTimeLimit(clock, cluster.requestTimeoutMs, signal, (either) =>
        exchange(cluster, server, call, either),
      );
      rotation.answered(server);
      return word;
    } catch (error) {
      rotation.failed(server);
      throw failureOf(error, server);
    } finally {
      latencySeconds.observe((clock.monotonicMs() - startMs) / 1000);
    }
  }

  return {
    askServer,
    async ask(cluster, call, signal) {
      let failure = new FairleadError('access.upstream-unreachable', `UnifiedCM/${cluster.name} was not asked in time`);
      for (const server of rotation.order(cluster)) {
        if (signal.aborted) break;
        try {
          return await askServer(cluster, server, call, signal);
        } catch (error) {
          failure = asFairleadError(error);
        }
      }
      throw failure;
    },
  };
}
