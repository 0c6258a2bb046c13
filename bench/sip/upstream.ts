// The process behind the proxies: it answers every REGISTER with 200, over TCP and TLS as a server and over a link as a core.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { labCertificatePaths } from '../../src/lab/certificates/certificate-paths.js';
import { okAnswer, SipSink } from '../../src/lab/sip/load/load-sink.js';
import { isRecord } from '../../src/model/json.js';
import { systemClock as clock } from '../../src/platform/clock.js';
import { silentLog as log } from '../../src/platform/log.js';
import { newMeter } from '../../src/platform/meter.js';
import { newGrantDesk } from '../../src/runtime/grants/grant-desk.js';
import { newSignallingLinks } from '../../src/runtime/link/signalling/signalling-links.js';
import type { SignallingLink, SignallingListener } from '../../src/runtime/signalling-port.js';
import { readStatementSigner } from '../../src/runtime/statement-keys.js';
import { moveToOtherCpu } from './pinning.js';

/** Where the edge is that the process is a core for. */
export interface LinkedEdge {
  /** Of the lab's certificates. */
  readonly certificates: string;
  readonly edgeName: string;
  readonly edgeHost: string;
  readonly signallingPort: number;
  /** Devices `CSF0` to this many less one are granted. */
  readonly devices: number;
}

const core = 'core-1';
const host = '127.0.0.1';
const devicesPerGrant = 50;
const dayMs = 86_400_000;

/** The grants of all devices, as if their users had signed in. */
function grantsFor(directory: string, devices: number): readonly string[] {
  const desk = newGrantDesk(readStatementSigner(labCertificatePaths(directory).tokenSigningKey(core)), clock);
  for (let from = 0; from < devices; from += devicesPerGrant) {
    const names = Array.from({ length: Math.min(devicesPerGrant, devices - from) }, (_, index) => `CSF${from + index}`);
    desk.issue(Buffer.from(String(from).padStart(16, '0')).toString('base64url'), names, clock.nowMs() + dayMs);
  }
  return desk.all();
}

function answer(flow: string, message: Buffer, link: SignallingLink): void {
  const text = message.toString('latin1', 0, message.indexOf('\r\n\r\n'));
  if (!text.startsWith('SIP/2.0')) link.sendSip(flow, okAnswer(text));
}

/** Dials an edge as its core does; resolves when the edge has the grants. */
async function linkTo({ certificates, edgeName, edgeHost, signallingPort, devices }: LinkedEdge): Promise<void> {
  const paths = labCertificatePaths(certificates);
  const edges = [{ name: edgeName, certificateName: edgeHost, host, port: signallingPort }];
  const tls = { ...paths.signalling(core), caFile: paths.authority.certFile };
  const deps = { clock, log, meter: newMeter(), softwareVersion: 'bench' };
  const links = newSignallingLinks({ name: core, role: 'core', signalling: { tls, edges, cores: [] } }, deps);
  const grants = grantsFor(certificates, devices);
  links.setOwnState({ load: { registrations: 0, calls: 0 }, ucNodes: {}, draining: false });
  await new Promise<void>((resolve) => {
    const listener: SignallingListener = {
      onSip: (flow, message, _note, link) => answer(flow, message, link),
      onStun: () => undefined,
      onFlowClosed: () => undefined,
      onNews: () => undefined,
      onUp: (link) => {
        link.sendNews({ topic: 'grants', items: grants });
        resolve();
      },
      onDown: () => undefined,
      onPeerState: () => undefined,
    };
    links.listen(listener);
    void links.start();
  });
}

function readEdge(text: string): LinkedEdge {
  const value: unknown = JSON.parse(text);
  const field = (name: keyof LinkedEdge) => (isRecord(value) ? String(value[name]) : '');
  return {
    certificates: field('certificates'),
    edgeName: field('edgeName'),
    edgeHost: field('edgeHost'),
    signallingPort: Number(field('signallingPort')),
    devices: Number(field('devices')),
  };
}

async function newTlsSink({ certificates }: LinkedEdge): Promise<SipSink> {
  const { certFile, keyFile } = labCertificatePaths(certificates).signalling(core);
  const [certificate, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return new SipSink({ certificate, key });
}

async function serve(edge: LinkedEdge): Promise<void> {
  moveToOtherCpu(process.pid);
  const port = await new SipSink().start(host, 0);
  const tlsPort = await (await newTlsSink(edge)).start(host, 0);
  await linkTo(edge);
  process.once('disconnect', () => process.kill(process.pid));
  process.send?.({ port, tlsPort });
}

/** Starts the process; resolves when its link is up. */
export async function startUpstream(
  edge: LinkedEdge,
): Promise<{ readonly port: number; readonly tlsPort: number; readonly child: ChildProcess }> {
  const child = fork(import.meta.filename, [JSON.stringify(edge)]);
  const words: readonly unknown[] = await once(child, 'message');
  const [word] = words;
  if (!isRecord(word)) throw new Error('the process behind the proxies says something else');
  return { child, port: Number(word['port']), tlsPort: Number(word['tlsPort']) };
}

const [, program, edge] = process.argv;
if (program === import.meta.filename && edge !== undefined) await serve(readEdge(edge));
