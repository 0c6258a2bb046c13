import { Redis } from 'iovalkey';
import type { StoreAddress } from './store-address.js';
import type { StoreScript } from './store-script.js';

/** A connection to the store that is made anew whenever it is lost. */
export interface StoreClient {
  /** The reply as it came. Rejects when there is no connection, it is lost before the reply, or the reply is an error. */
  send(command: string, ...parts: readonly (string | number)[]): Promise<unknown>;
  run(script: StoreScript, keys: readonly string[], parts: readonly (string | number)[]): Promise<unknown>;
  /** Gives up on what was sent and is not answered, and connects anew. */
  reconnect(): void;
  close(): void;
}

const connectTimeoutMs = 2000;
const longestReconnectMs = 2000;
/** A store that hangs does not answer a farewell either. */
const disconnectTimeoutMs = 200;
/** Requests without an answer; what comes on top is refused rather than queued. */
const mostInFlight = 5000;

function optionsOf({ host, port, database, tls, username, password }: StoreAddress) {
  return {
    ...{ host, port, db: database, connectTimeout: connectTimeoutMs, disconnectTimeout: disconnectTimeoutMs },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: password.reveal() }),
    ...(tls !== undefined && { tls: { servername: tls.serverName, ...(tls.ca !== undefined && { ca: tls.ca }) } }),
    // Whoever asks has an answer of its own when the store has none: nothing waits, and nothing is sent twice.
    ...{ enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 },
    // The probe finds out whether the store can be used; loading from disk is one of the reasons why not.
    ...{ enableReadyCheck: false, autoResubscribe: false },
    retryStrategy: (attempt: number) => Math.min(attempt * 100, longestReconnectMs) * (0.5 + Math.random() / 2),
  };
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** Hears of the connections of a client. */
export interface StoreClientListener {
  onConnected(): void;
  /** Why a connection fails or ends. */
  onError(error: Error): void;
}

/** Begins to connect. */
export function openStoreClient(address: StoreAddress, listener: StoreClientListener): StoreClient {
  const redis = new Redis(optionsOf(address));
  redis.on('ready', () => listener.onConnected());
  redis.on('error', (error) => listener.onError(error));
  let inFlight = 0;

  async function send(command: string, ...parts: readonly (string | number)[]): Promise<unknown> {
    if (inFlight >= mostInFlight) throw new Error(`${mostInFlight} requests to the store wait for their answers`);
    inFlight += 1;
    try {
      return await redis.call(command, ...parts);
    } finally {
      inFlight -= 1;
    }
  }

  return {
    send,
    async run({ text, digest }, keys, parts) {
      try {
        return await send('EVALSHA', digest, keys.length, ...keys, ...parts);
      } catch (error) {
        if (!isUnknownScript(error)) throw error;
        return await send('EVAL', text, keys.length, ...keys, ...parts);
      }
    },
    reconnect: () => redis.disconnect(true),
    close: () => redis.disconnect(),
  };
}
