import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '../../../src/lab/estate/free-port.js';
import { needProgram } from '../../debian-program.js';
import { until } from '../../runtime/sip/sip-kit.js';
import { directoryOf, RealProgram } from './program.js';

const loopback = '127.0.0.1';
/** Samples per second of PCMU. */
const rate = 8000;

export interface BaresipOptions {
  readonly user: string;
  /** Address that it takes for its own; it refuses to live on loopback alone. */
  readonly address: string;
  /** Its outbound proxy. */
  readonly proxy: { readonly host: string; readonly port: number; readonly transport: 'tls' | 'tcp' };
  readonly caFile: string;
  /** Port of the name server on loopback that it asks. */
  readonly dnsPort: number;
}

/** An IPv4 address of this machine beside loopback, if it has any. */
export function addressBesideLoopback(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

/** Debian's baresip without sound devices: it answers by itself, and sends back what it hears. */
export class Baresip {
  readonly #program: RealProgram;
  readonly #control: Socket;
  #heard = '';
  #orders = 0;

  private constructor(program: RealProgram, control: Socket) {
    this.#program = program;
    this.#control = control;
    control.on('data', (chunk: Buffer) => (this.#heard += chunk.toString('latin1')));
    control.on('error', () => undefined);
  }

  /** Undefined where it cannot be installed. */
  static async of(t: TestContext, options: BaresipOptions): Promise<Baresip | undefined> {
    const command = needProgram('baresip');
    if (command === undefined) return undefined;
    const directory = directoryOf(t);
    const controlPort = await freePort([loopback], new Set());
    writeConfiguration(directory, options, controlPort);
    const program = new RealProgram('baresip', command, ['-f', directory, '-s'], directory);
    t.after(() => program.stop());
    const control = await dial(controlPort, program);
    t.after(() => control.destroy());
    return new Baresip(program, control);
  }

  get log(): string {
    return this.#program.output;
  }

  /** Types a command, such as `dial sip:bob@lab.example`. */
  order(command: string, params = ''): void {
    this.#orders += 1;
    const text = JSON.stringify({ command, params, token: String(this.#orders) });
    this.#control.write(`${text.length}:${text},`);
  }

  /** Waits until it told of an event, in all so many times. */
  async told(type: string, times = 1): Promise<void> {
    const words = `"type":"${type}"`;
    await until(
      () => this.#heard.split(words).length > times,
      `${type} of baresip, which says ${this.log.slice(-3000)} and ${this.#heard}`,
    );
  }
}

function writeConfiguration(directory: string, options: BaresipOptions, controlPort: number): void {
  const { user, address, proxy, caFile, dnsPort } = options;
  const lines = [
    `sip_listen ${address}:0`,
    `sip_cafile ${caFile}`,
    `dns_server ${loopback}:${dnsPort}`,
    `audio_source aufile,${join(directory, 'tone.wav')}`,
    'audio_player aubridge,nowhere',
    'module_path /usr/lib/baresip/modules',
    // The instance id of RFC 5626 has to be there when the account is read.
    ...['uuid', 'g711', 'aufile', 'aubridge'].map((name) => `module ${name}.so`),
    ...['account', 'menu', 'ctrl_tcp'].map((name) => `module_app ${name}.so`),
    `ctrl_tcp_listen ${loopback}:${controlPort}`,
  ];
  const outbound = `outbound="sip:${proxy.host}:${proxy.port};transport=${proxy.transport}"`;
  const account = `<sip:${user}@lab.example;transport=${proxy.transport}>;auth_pass=none;${outbound};sipnat=outbound;regint=60;answermode=auto;audio_codecs=PCMU`;
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config'), `${lines.join('\n')}\n`);
  writeFileSync(join(directory, 'accounts'), `${account}\n`);
  writeFileSync(join(directory, 'contacts'), '');
  writeFileSync(join(directory, 'tone.wav'), tone(60));
}

/** A sine of 400 Hz, in the WAV form that PCMU needs no conversion for. */
function tone(seconds: number): Buffer {
  const samples = Int16Array.from(
    { length: rate * seconds },
    (_, at) => 8000 * Math.sin((at * 400 * 2 * Math.PI) / rate),
  );
  const data = Buffer.from(samples.buffer);
  const head = Buffer.alloc(44);
  head.write('RIFF');
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

async function dial(port: number, program: RealProgram): Promise<Socket> {
  let control: Socket | undefined;
  await until(async () => {
    if (program.hasExited) throw new Error(`baresip ended:\n${program.output}`);
    const socket = connect(port, loopback);
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    if (isOpen) control = socket;
    return isOpen;
  }, `baresip: ${program.output}`);
  if (control === undefined) throw new Error('no control connection');
  return control;
}
