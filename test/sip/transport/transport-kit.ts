import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { connect as connectTls, type ConnectionOptions, type SecureContextOptions } from 'node:tls';
import type { CredentialFiles, LabCertificatePaths } from '../../../src/lab/certificates/certificate-paths.js';
import { writeLabCertificates } from '../../../src/lab/certificates/lab-certificates.js';
import { defaultResource } from '../../../src/model/defaults.js';
import { type Clock, systemClock } from '../../../src/platform/clock.js';
import { silentLog } from '../../../src/platform/log.js';
import { newMeter } from '../../../src/platform/meter.js';
import { newStaticHosts } from '../../../src/platform/static-hosts.js';
import type { Hop } from '../../../src/runtime/sip/hop.js';
import type { SipMessage } from '../../../src/runtime/sip/message/sip-message.js';
import type { ConnectionSink } from '../../../src/runtime/sip/transport/connection-sink.js';
import { SipTransport } from '../../../src/runtime/sip/transport/sip-transport.js';
import { type TransportSettings, transportSettingsOf } from '../../../src/runtime/sip/transport/transport-settings.js';
import { FakeClock } from '../../fake-clock.js';

const root = mkdtempSync(join(tmpdir(), 'fairlead-sip-transport-'));
after(() => rmSync(root, { recursive: true, force: true }));

let written: Promise<LabCertificatePaths> | undefined;

/** Certificates of `edge-1` for loopback and of `cucm-1.lab.example`; the client `core-1`. */
export function certificates(): Promise<LabCertificatePaths> {
  written ??= writeLabCertificates(
    root,
    {
      servers: [
        {
          name: 'edge-1',
          hosts: [
            { type: 'dns', value: 'edge-1.lab.example' },
            { type: 'ip', value: '127.0.0.1' },
          ],
        },
        { name: 'edge-2', hosts: [{ type: 'dns', value: 'edge-2.lab.example' }] },
        { name: 'cucm-1', hosts: [{ type: 'dns', value: 'cucm-1.lab.example' }] },
      ],
      clients: ['core-1'],
      cores: [],
      nodes: [],
    },
    systemClock,
  );
  return written;
}

export function readIdentity({ certFile, keyFile }: CredentialFiles) {
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

export async function labCa(): Promise<string> {
  return readFileSync((await certificates()).authority.certFile, 'utf8');
}

/** Limits out of the way of whatever a test does not ask for. */
export const wideSettings: TransportSettings = {
  ...transportSettingsOf(defaultResource('SipTransport').spec),
  connectionRate: { mode: 'off', perSecond: 100, burst: 20 },
};

/** A sink that keeps what it was told and lets tests wait for more. */
export class RecordingSink implements ConnectionSink {
  readonly messages: { readonly message: SipMessage; readonly hop: Hop }[] = [];
  readonly stun: { readonly bytes: Buffer; readonly hop: Hop }[] = [];
  readonly opened: Hop[] = [];
  readonly closed: { readonly hop: Hop; readonly reason: string }[] = [];
  readonly refused: (number | undefined)[] = [];
  readonly #events = new EventEmitter();
  /** What is done with each message beside keeping it. */
  react: (message: SipMessage, hop: Hop) => void = () => undefined;
  reactToStun: (bytes: Buffer, hop: Hop) => void = () => undefined;

  onMessage(message: SipMessage, hop: Hop): void {
    this.messages.push({ message, hop });
    this.#events.emit('told');
    this.react(message, hop);
  }

  onStun(bytes: Buffer, hop: Hop): void {
    this.stun.push({ bytes, hop });
    this.#events.emit('told');
    this.reactToStun(bytes, hop);
  }

  onOpen(hop: Hop): void {
    this.opened.push(hop);
    this.#events.emit('told');
  }

  onClosed(hop: Hop, reason: string): void {
    this.closed.push({ hop, reason });
    this.#events.emit('told');
  }

  onRefused(_: Hop, status: number | undefined): void {
    this.refused.push(status);
    this.#events.emit('told');
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.#events, 'told');
  }

  /** The `count`th hop that opened, once it has. */
  async hop(count = 1): Promise<Hop> {
    await this.until(() => this.opened.length >= count);
    return this.opened[count - 1]!;
  }
}

export interface TransportRig {
  readonly transport: SipTransport;
  readonly sink: RecordingSink;
  readonly clock: FakeClock;
  readonly settings: TransportSettings;
  /** The value of a counter in the node's metrics. */
  counted(name: string, labels?: string): Promise<number>;
}

export function newRig(
  t: TestContext,
  {
    settings = wideSettings,
    hosts = {},
    clock = new FakeClock(),
  }: { settings?: TransportSettings; hosts?: Record<string, string>; clock?: FakeClock } = {},
): TransportRig {
  const sink = new RecordingSink();
  const meter = newMeter();
  const transport = newTransport(sink, clock, settings, meter, hosts);
  t.after(() => transport.stop());
  return {
    transport,
    sink,
    clock,
    settings,
    async counted(name, labels = '') {
      const line = (await meter.expose()).split('\n').find((one) => one.startsWith(`${name}${labels} `));
      return Number(line?.split(' ').at(-1) ?? 0);
    },
  };
}

function newTransport(
  sink: ConnectionSink,
  clock: Clock,
  settings: TransportSettings,
  meter = newMeter(),
  hosts: Record<string, string> = {},
): SipTransport {
  return new SipTransport({ clock, log: silentLog, meter, hosts: newStaticHosts(hosts), sink, settings });
}

/** A client that reads and writes bytes. */
export class RawClient {
  received = '';
  readonly socket: Socket;
  readonly closed: Promise<void>;
  readonly #events = new EventEmitter();

  constructor(t: TestContext, socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
      this.#events.emit('told');
    });
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    t.after(() => socket.destroy());
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  async until(text: string): Promise<void> {
    while (!this.received.includes(text)) await once(this.#events, 'told');
  }
}

export async function connectTcp(t: TestContext, port: number, host = '127.0.0.1'): Promise<RawClient> {
  const socket = connect({ host, port });
  const client = new RawClient(t, socket);
  await once(socket, 'connect');
  return client;
}

/** Rejects when the handshake fails. */
export async function connectSecurely(
  t: TestContext,
  port: number,
  options: ConnectionOptions & SecureContextOptions & { localAddress?: string } = {},
): Promise<RawClient> {
  const socket = connectTls({ host: '127.0.0.1', port, ca: await labCa(), ...options });
  const ready = once(socket, 'secureConnect');
  const client = new RawClient(t, socket);
  await ready;
  return client;
}

/** A well-formed request; `padding` bytes of body. */
export function request(method = 'OPTIONS', padding = 0): string {
  return [
    `${method} sip:core.lab.example SIP/2.0`,
    'Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK-1;rport',
    'Max-Forwards: 70',
    'From: <sip:anna@lab.example>;tag=1',
    'To: <sip:anna@lab.example>',
    'Call-ID: 1@192.0.2.1',
    `CSeq: 1 ${method}`,
    `Content-Length: ${padding}`,
    '',
    'x'.repeat(padding),
  ].join('\r\n');
}

/** A request that is refused, in a frame that is in order. */
export function malformedRequest(): string {
  return request().replace('CSeq: 1 OPTIONS', 'CSeq: one OPTIONS');
}
