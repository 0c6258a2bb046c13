import { connect, type TLSSocket } from 'node:tls';
import { quantile } from './spread.js';

/** One request that is sent again and again, and what a right answer to it is. */
export interface LoadTarget {
  readonly port: number;
  readonly host: string;
  readonly ca: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  isRight(head: string, body: Buffer): boolean;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly protocol: string;
}

const headEnd = Buffer.from('\r\n\r\n');

function requestText({ host, path, fields }: LoadTarget): string {
  const lines = Object.entries({ host, ...fields }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

interface Reading {
  readonly head: string;
  readonly body: Buffer;
}

/** A whole answer at the beginning of the bytes; undefined while more must come. Answers carry a Content-Length. */
function readAnswer(bytes: Buffer): Reading | undefined {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without Content-Length: ${head}`);
  const stop = end + headEnd.length + Number(length);
  return bytes.length < stop ? undefined : { head, body: bytes.subarray(end + headEnd.length, stop) };
}

function opened({ port, host, ca }: LoadTarget): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: host, ca, minVersion: 'TLSv1.3' });
    socket.setNoDelay(true);
    socket.once('error', reject);
    socket.once('secureConnect', () => resolve(socket));
  });
}

/** Sends the request on one connection, the next one as soon as the last was answered, until the time is over. */
function drive(socket: TLSSocket, target: LoadTarget, untilMs: number, latenciesMs: number[]): Promise<void> {
  const request = requestText(target);
  return new Promise((resolve, reject) => {
    let sentMs = 0;
    let bytes: Buffer = Buffer.alloc(0);
    const send = () => {
      sentMs = performance.now();
      socket.write(request, 'latin1');
    };
    const take = (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const answer = readAnswer(bytes);
      if (answer === undefined) return;
      if (!target.isRight(answer.head, answer.body)) throw new Error(`a wrong answer: ${answer.head}`);
      bytes = Buffer.alloc(0);
      const nowMs = performance.now();
      latenciesMs.push(nowMs - sentMs);
      if (nowMs < untilMs) send();
      else resolve();
    };
    socket.on('data', (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    send();
  });
}

/** Loads a server for some seconds over so many kept-alive connections, each answer checked; a wrong one ends it. */
export async function loadFor(target: LoadTarget, connections: number, seconds: number): Promise<LoadResult> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(target)));
  try {
    const latenciesMs: number[] = [];
    const startMs = performance.now();
    await Promise.all(sockets.map((socket) => drive(socket, target, startMs + seconds * 1000, latenciesMs)));
    return {
      requests: latenciesMs.length,
      seconds: (performance.now() - startMs) / 1000,
      p50Ms: quantile(latenciesMs, 0.5),
      p99Ms: quantile(latenciesMs, 0.99),
      protocol: `${sockets[0]?.getProtocol() ?? ''} ${sockets[0]?.getCipher().name ?? ''}`,
    };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}
