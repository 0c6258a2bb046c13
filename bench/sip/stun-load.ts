import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { LatencyHistogram, type LatencySummary } from '../../src/lab/load/latency-histogram.js';
import { parseStun, stunRequest } from '../../src/lab/sip/wire/stun-packet.js';
import { systemClock as clock } from '../../src/platform/clock.js';

export interface StunLoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly perSecond: number;
  readonly requests: number;
  /** Between the last connection and the first request. */
  readonly onConnected: () => Promise<void>;
}

const host = '127.0.0.1';
const patienceMs = 5000;

/** Sends Binding requests at a fixed rate over TCP; Error unless every one is answered with the address it came from. */
export async function runStunLoad(options: StunLoadOptions): Promise<LatencySummary> {
  const { port, connections, perSecond, requests, onConnected } = options;
  const histogram = new LatencyHistogram();
  const due = new Map<string, number>();
  const sockets: Socket[] = [];
  for (let count = 0; count < connections; count += 1) sockets.push(await open(port, due, histogram));
  await onConnected();
  const startMs = clock.monotonicMs();
  for (let sent = 0; sent < requests; ) {
    const until = Math.min(requests, ((clock.monotonicMs() - startMs) * perSecond) / 1000);
    for (; sent < until; sent += 1) {
      const transactionId = sent.toString(16).padStart(24, '0');
      due.set(transactionId, startMs + (sent * 1000) / perSecond);
      sockets[sent % connections]?.write(stunRequest(transactionId));
    }
    await clock.sleep(2);
  }
  const endMs = clock.monotonicMs() + patienceMs;
  while (due.size > 0 && clock.monotonicMs() < endMs) await clock.sleep(2);
  for (const socket of sockets) socket.destroy();
  const answered = histogram.summary().count;
  if (answered !== requests) throw new Error(`${answered} of ${requests} STUN requests were answered rightly`);
  return histogram.summary();
}

async function open(port: number, due: Map<string, number>, histogram: LatencyHistogram): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  // What it leaves unanswered is counted.
  socket.on('error', () => undefined);
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 20 && rest.length >= 20 + rest.readUInt16BE(2)) {
      const end = 20 + rest.readUInt16BE(2);
      take(rest.subarray(0, end), socket, due, histogram);
      rest = rest.subarray(end);
    }
  });
  return socket;
}

function take(bytes: Buffer, { localPort }: Socket, due: Map<string, number>, histogram: LatencyHistogram): void {
  const answer = parseStun(bytes);
  const sentMs = due.get(answer?.transactionId ?? '');
  if (answer?.type !== 'success' || answer.mapped?.port !== localPort || sentMs === undefined) return;
  due.delete(answer.transactionId);
  histogram.add(clock.monotonicMs() - sentMs);
}
