// What SIP clients cost an edge's listener: handshakes, memory per connection, and 1 kB REGISTERs answered at a fixed rate.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { labCertificatePaths } from '../src/lab/certificates/certificate-paths.js';
import { writeLabCertificates } from '../src/lab/certificates/lab-certificates.js';
import { defaultResource } from '../src/model/defaults.js';
import { systemClock as clock } from '../src/platform/clock.js';
import { silentLog as log } from '../src/platform/log.js';
import { newMeter } from '../src/platform/meter.js';
import { newStaticHosts } from '../src/platform/static-hosts.js';
import { newResponse } from '../src/runtime/sip/message/new-message.js';
import { SipTransport } from '../src/runtime/sip/transport/sip-transport.js';
import { transportSettingsOf } from '../src/runtime/sip/transport/transport-settings.js';
import { cpuSecondsOf, residenceOf } from './process-figures.js';
import { printTable, printTarget, printTitle } from './report.js';
import { register } from './sip-messages.js';
import { inTemporaryDirectory } from './temporary-directory.js';

type Protocol = 'TCP' | 'TLS';

const clients = 1000;
const warmUpClients = 50;
const atOnce = 50;
const perSecond = 3000;
const seconds = 5;
const host = '127.0.0.1';
const status = 'SIP/2.0 200 OK';

/** The serving process: answers each request with 200, and tells its port. */
async function serve(protocol: Protocol, directory: string): Promise<void> {
  const { certFile, keyFile } = labCertificatePaths(directory).server('edge-1');
  const settings = transportSettingsOf(defaultResource('SipTransport').spec);
  const transport = new SipTransport({
    clock,
    log,
    meter: newMeter(),
    hosts: newStaticHosts({}),
    settings: { ...settings, connectionRate: { ...settings.connectionRate, mode: 'off' } },
    sink: {
      onMessage: (message, hop) => void hop.send(newResponse(message, 200).toBytes()),
      onStun: () => undefined,
    },
  });
  const identity = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const place = { host, port: 0 };
  const listener =
    protocol === 'TCP'
      ? transport.addTcp(place)
      : transport.addTls(place, { identity, requiresClientCertificate: false });
  await listener.start();
  process.once('disconnect', () => void transport.stop());
  process.send?.(listener.port);
}

async function connectOne(protocol: Protocol, port: number, ca: Buffer): Promise<Socket> {
  const socket = protocol === 'TCP' ? connectTcp({ host, port }) : connectTls({ host, port, ca });
  await once(socket, protocol === 'TCP' ? 'connect' : 'secureConnect');
  return socket.setNoDelay(true);
}

async function connectMany(count: number, protocol: Protocol, port: number, ca: Buffer): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    sockets.push(...(await Promise.all(Array.from({ length: atOnce }, () => connectOne(protocol, port, ca)))));
  }
  return sockets;
}

/** Sends at a fixed rate, one client after another, and gives the time to each answer in milliseconds, sorted. */
async function exchange(sockets: readonly Socket[]): Promise<readonly number[]> {
  const latencies: number[] = [];
  const sentAt = new Map<Socket, number>();
  const onAnswers = (chunk: Buffer, socket: Socket) => {
    const latencyMs = performance.now() - (sentAt.get(socket) ?? 0);
    for (let at = chunk.indexOf(status); at >= 0; at = chunk.indexOf(status, at + 1)) latencies.push(latencyMs);
  };
  for (const socket of sockets) socket.on('data', (chunk: Buffer) => onAnswers(chunk, socket));
  const startMs = performance.now();
  for (let sent = 0; sent < perSecond * seconds; ) {
    const due = Math.min(perSecond * seconds, ((performance.now() - startMs) / 1000) * perSecond);
    for (; sent < due; sent += 1) {
      const socket = sockets[sent % sockets.length];
      if (socket === undefined) continue;
      sentAt.set(socket, performance.now());
      socket.write(register);
    }
    await clock.sleep(1);
  }
  const endMs = performance.now() + 5000;
  while (latencies.length < perSecond * seconds && performance.now() < endMs) await clock.sleep(10);
  return latencies.toSorted((a, b) => a - b);
}

async function started(protocol: Protocol, directory: string) {
  const child = fork(import.meta.filename, [protocol, directory]);
  const words: readonly unknown[] = await once(child, 'message');
  return { child, port: Number(words[0]) };
}

async function costOf({ pid = 0 }: ChildProcess) {
  return { cpu: await cpuSecondsOf(pid), memory: (await residenceOf(pid)).megabytes };
}

async function measure(protocol: Protocol, directory: string) {
  const { child, port } = await started(protocol, directory);
  const ca = readFileSync(labCertificatePaths(directory).authority.certFile);
  // What the first connections load and compile belongs to none of them.
  for (const socket of await connectMany(warmUpClients, protocol, port, ca)) socket.destroy();
  await clock.sleep(500);
  const before = await costOf(child);
  const startMs = performance.now();
  const sockets = await connectMany(clients, protocol, port, ca);
  const connectSeconds = (performance.now() - startMs) / 1000;
  const connected = await costOf(child);
  const latencies = await exchange(sockets);
  const after = await costOf(child);
  for (const socket of sockets) socket.destroy();
  child.disconnect();
  return {
    protocol,
    perSecond: clients / connectSeconds,
    handshake: ((connected.cpu - before.cpu) * 1e6) / clients,
    kilobytes: ((connected.memory - before.memory) * 1024) / clients,
    message: ((after.cpu - connected.cpu) * 1e6) / latencies.length,
    answered: latencies.length,
    p99: latencies[Math.floor(latencies.length * 0.99)] ?? NaN,
  };
}

async function compare(directory: string): Promise<void> {
  const server = { name: 'edge-1', hosts: [{ type: 'ip' as const, value: host }] };
  await writeLabCertificates(directory, { servers: [server], clients: [], cores: [], nodes: [] }, clock);
  const results = [await measure('TCP', directory), await measure('TLS', directory)];
  printTitle(`SIP sockets: ${clients} clients, then ${perSecond} REGISTERs a second, each answered`);
  printTable(
    ['', 'connections/s', 'CPU us per connection', 'kB per connection', 'CPU us per request', 'answered', 'p99 ms'],
    results.map(({ protocol, answered, ...numbers }) => [
      protocol,
      numbers.perSecond.toFixed(0),
      numbers.handshake.toFixed(0),
      numbers.kilobytes.toFixed(0),
      numbers.message.toFixed(1),
      String(answered),
      numbers.p99.toFixed(1),
    ]),
  );
  console.log();
  for (const { protocol, answered } of results) {
    printTarget(`${protocol} requests answered`, answered, '>=', perSecond * seconds);
  }
}

const [, , protocol, directory] = process.argv;
if (directory === undefined) await inTemporaryDirectory(compare);
else await serve(protocol === 'TCP' ? 'TCP' : 'TLS', directory);
