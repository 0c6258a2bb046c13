// What one message costs between edge and core: TLS 1.3 on loopback, each end in a process of its own.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { writeLabCertificates } from '../src/lab/certificates/lab-certificates.js';
import { labCertificatePaths } from '../src/lab/certificates/certificate-paths.js';
import { systemClock as clock } from '../src/platform/clock.js';
import { silentLog as log } from '../src/platform/log.js';
import { newMeter } from '../src/platform/meter.js';
import { readSipFrame, sendSipFrame } from '../src/runtime/link/signalling/flow-frame.js';
import { FrameReader } from '../src/runtime/link/signalling/frame-reader.js';
import { SendQueue } from '../src/runtime/link/signalling/send-queue.js';
import { newSignallingLinks } from '../src/runtime/link/signalling/signalling-links.js';
import type { SignallingListener, SipNote } from '../src/runtime/signalling-port.js';
import { printTable, printTarget, printTitle } from './report.js';
import { inTemporaryDirectory } from './temporary-directory.js';

const seconds = 4;
const flow = 'b4pWlY7w0vZrC1c3xkR2tA';
const message = Buffer.alloc(1_024, 'REGISTER sip:example.com SIP/2.0\r\n');
const note: SipNote = { clientAddress: '203.0.113.7', clientPort: 50_123, protocol: 'TLS', grant: 'g'.repeat(300) };
const deps = { clock, log, meter: newMeter(), softwareVersion: 'bench' };
const host = '127.0.0.1';

const silent: SignallingListener = {
  onSip: () => undefined,
  onStun: () => undefined,
  onFlowClosed: () => undefined,
  onNews: () => undefined,
  onUp: () => undefined,
  onDown: () => undefined,
  onPeerState: () => undefined,
};

interface Received {
  readonly messages: number;
  readonly cpuMicroseconds: number;
}

function tlsOf(directory: string, node: string) {
  const paths = labCertificatePaths(directory);
  return { ...paths.signalling(node), caFile: paths.authority.certFile };
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The receiving process: tells its port, and on each word of its parent what came since the last. */
async function receive(directory: string): Promise<void> {
  const signalling = {
    listen: { host, port: 0 },
    tls: tlsOf(directory, 'edge1'),
    cores: [{ name: 'core1', certificateName: 'core1.example' }],
  };
  const links = newSignallingLinks({ name: 'edge1', role: 'edge', signalling }, deps);
  let messages = 0;
  let bytes = 0;
  links.listen({
    ...silent,
    onSip: (_flow, sip) => {
      messages += 1;
      bytes += sip.length;
    },
  });
  await links.start();
  process.on('message', () => {
    const received = { messages, cpuMicroseconds: cpuMicroseconds(), bytes };
    process.send?.(received);
  });
  process.once('disconnect', () => void links.stop());
  process.send?.(links.port());
}

async function wordOf<T>(child: ChildProcess, isWord: (value: unknown) => value is T): Promise<T> {
  const words: readonly unknown[] = await once(child, 'message');
  const word = words[0];
  if (!isWord(word)) throw new Error('the receiving process says something else');
  return word;
}

function isPort(value: unknown): value is number {
  return typeof value === 'number';
}

function isReceived(value: unknown): value is Received {
  return typeof value === 'object' && value !== null && 'messages' in value;
}

async function receivedBy(child: ChildProcess): Promise<Received> {
  child.send('so far?');
  return await wordOf(child, isReceived);
}

/** Sends so many per turn of a timer, or as many as go. */
async function sendFor(send: () => boolean, perSecond: number | undefined): Promise<void> {
  const startMs = performance.now();
  let sent = 0;
  for (let nowMs = startMs; nowMs - startMs < seconds * 1_000; nowMs = performance.now()) {
    const due = perSecond === undefined ? Infinity : ((nowMs - startMs) / 1_000) * perSecond;
    for (let burst = 0; sent < due && burst < 200 && send(); burst += 1) sent += 1;
    await new Promise((resolve) => (perSecond === undefined ? setImmediate(resolve) : setTimeout(resolve, 1)));
  }
}

async function measure(child: ChildProcess, send: () => boolean, perSecond: number | undefined) {
  const before = { ...(await receivedBy(child)), sender: cpuMicroseconds() };
  await sendFor(send, perSecond);
  const sender = cpuMicroseconds() - before.sender;
  await clock.sleep(300);
  const after = await receivedBy(child);
  const messages = after.messages - before.messages;
  return {
    rate: messages / seconds,
    sender: sender / messages,
    receiver: (after.cpuMicroseconds - before.cpuMicroseconds) / messages,
  };
}

/** Encoding and decoding alone, without a socket. */
async function codecMicroseconds(): Promise<number> {
  const rounds = 400_000;
  let bytes = 0;
  const reader = new FrameReader({
    onFrame: (_type, payload) => {
      bytes += readSipFrame(payload)?.message.length ?? 0;
    },
    onOversize: () => undefined,
  });
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      reader.push(chunk);
      done();
    },
  });
  const queue = new SendQueue(socket, 1 << 30);
  const start = cpuMicroseconds();
  for (let done = 0; done < rounds; done += 1) {
    sendSipFrame(queue, flow, message, note);
    if (done % 32 === 31) await new Promise((resolve) => setImmediate(resolve));
  }
  if (bytes !== rounds * message.length) throw new Error('messages were lost');
  return (cpuMicroseconds() - start) / rounds;
}

async function compare(directory: string): Promise<void> {
  const names = ['edge1', 'core1'];
  const servers = names.map((name) => ({ name, hosts: [{ type: 'dns' as const, value: `${name}.example` }] }));
  await writeLabCertificates(directory, { servers, clients: [], cores: [], nodes: names }, clock);
  const child = fork(import.meta.filename, [directory]);
  const port = await wordOf(child, isPort);
  const edges = [{ name: 'edge1', certificateName: 'edge1.example', host, port }];
  const signalling = { tls: tlsOf(directory, 'core1'), edges, cores: [] };
  const links = newSignallingLinks({ name: 'core1', role: 'core', signalling }, deps);
  const up = new Promise<void>((resolve) => {
    links.listen({ ...silent, onUp: () => resolve() });
  });
  await links.start();
  await up;
  const send = () => links.to('edge1')?.sendSip(flow, message, note) ?? false;
  await measure(child, send, undefined);
  const flatOut = await measure(child, send, undefined);
  const paced = await measure(child, send, 3_000);
  await links.stop();
  child.disconnect();

  const row = (what: string, { rate, sender, receiver }: typeof paced) => [
    ...[what, rate.toFixed(0), sender.toFixed(2), receiver.toFixed(2)],
  ];
  printTitle('A signalling link: 1 kB SIP messages with their notes, TLS 1.3 on loopback');
  printTable(
    ['load', 'messages/s', 'sender, CPU us per message', 'receiver, CPU us per message'],
    [row('as many as go', flatOut), row('3,000/s, in turns of 1 ms', paced)],
  );
  console.log(
    `\nEncoding and decoding one message, without socket and TLS: ${(await codecMicroseconds()).toFixed(2)} us\n`,
  );
  printTarget('CPU of both ends per message, flat out (us)', flatOut.sender + flatOut.receiver, '<', 15);
}

const [, , directory] = process.argv;
if (directory === undefined) await inTemporaryDirectory(compare);
else await receive(directory);
