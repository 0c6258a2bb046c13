import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../platform/clock.js';

/** Larger than what an edge lets through, internal fields included. */
const maximumHeaderBytes = 131_072;
const stopGraceMs = 10_000;

/** An HTTP/1.1 server whose connections are the channels of links; it listens nowhere. */
export interface ChannelServer {
  accept(channel: Duplex): void;
  /** Lets requests in flight end for up to 10 s, then ends all channels. */
  stop(): Promise<void>;
}

export function newChannelServer(
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
  clock: Clock,
): ChannelServer {
  // The edge has applied the time-outs of clients, and it decides how long it keeps an idle channel.
  const server = createServer(
    { maxHeaderSize: maximumHeaderBytes, keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 },
    onRequest,
  );
  const busy = new Map<Duplex, boolean>();
  let stopped: (() => void) | undefined;

  function endIfIdle(channel: Duplex): void {
    if (stopped !== undefined && busy.get(channel) === false) channel.destroy();
  }

  server.on('request', (request, response) => {
    const channel = request.socket;
    busy.set(channel, true);
    response.once('close', () => {
      if (busy.has(channel)) busy.set(channel, false);
      endIfIdle(channel);
    });
  });

  return {
    accept(channel) {
      if (stopped !== undefined) {
        channel.destroy();
        return;
      }
      busy.set(channel, false);
      channel.once('close', () => {
        busy.delete(channel);
        if (busy.size === 0) stopped?.();
      });
      channel.on('error', () => channel.destroy());
      server.emit('connection', channel);
    },
    async stop() {
      if (busy.size === 0) return;
      const timer = clock.after(stopGraceMs, () => [...busy.keys()].forEach((channel) => channel.destroy()));
      await new Promise<void>((resolve) => {
        stopped = resolve;
        [...busy.keys()].forEach(endIfIdle);
      });
      timer.cancel();
    },
  };
}
