import type { TestContext } from 'node:test';
import { freePort } from '../../../src/lab/estate/free-port.js';
import { systemClock as clock } from '../../../src/platform/clock.js';
import { type BencodeDictionary, type BencodeValue, isDictionary } from '../../../src/runtime/sip/media/bencode.js';
import { NgServer } from '../../../src/runtime/sip/media/ng-server.js';
import { needProgram } from '../../debian-program.js';
import { until } from '../../runtime/sip/sip-kit.js';
import { directoryOf, RealProgram } from './program.js';

const loopback = '127.0.0.1';
const mediaPorts = 400;

/** Debian's rtpengine in user space: no kernel module, media on ports of its own. */
export class Rtpengine {
  readonly port: number;
  /** The first and last of its media ports. */
  readonly media: readonly [number, number];
  readonly #program: RealProgram;
  readonly #control: NgServer;

  private constructor(port: number, media: readonly [number, number], program: RealProgram) {
    this.port = port;
    this.media = media;
    this.#program = program;
    this.#control = new NgServer({ host: loopback, port }, { clock, lookup: (_, __, done) => done(null, loopback, 4) });
  }

  /** Undefined where it cannot be installed. */
  static async of(t: TestContext, address = loopback): Promise<Rtpengine | undefined> {
    const command = needProgram('rtpengine');
    if (command === undefined) return undefined;
    const directory = directoryOf(t);
    const port = await freePort([loopback], new Set());
    const first = 32_768 + 2 * Math.floor(port / 40);
    const media = [first, first + mediaPorts] as const;
    const args = [
      ...['--table=-1', '--foreground', '--log-stderr', '--log-level=6', '--no-log-timestamps'],
      ...[`--interface=${address}`, `--listen-ng=${loopback}:${port}`],
      ...[`--port-min=${media[0]}`, `--port-max=${media[1]}`, `--pidfile=${directory}/pid`],
    ];
    const program = new RealProgram('rtpengine', command, args, directory);
    const relay = new Rtpengine(port, media, program);
    t.after(() => relay.stop());
    await until(async () => (await relay.ask({ command: 'ping' })) !== undefined, `rtpengine: ${program.output}`);
    return relay;
  }

  get log(): string {
    return this.#program.output;
  }

  /** The names of the calls it carries. */
  async calls(): Promise<readonly string[]> {
    const list = (await this.ask({ command: 'list', limit: '100' }))?.['calls'];
    return Array.isArray(list) ? list.map(String) : [];
  }

  /** RTP packets that it took from each of the two parties of a call. */
  async packets(call: string): Promise<readonly number[]> {
    const tags = (await this.ask({ command: 'query', 'call-id': call }))?.['tags'];
    return isDictionary(tags) ? Object.values(tags).map((tag) => packetsOf(tag)) : [];
  }

  async ask(command: BencodeDictionary): Promise<BencodeDictionary | undefined> {
    return await this.#control.ask(command, 1000);
  }

  async stop(): Promise<void> {
    this.#control.close();
    await this.#program.stop();
  }
}

/** Of the first stream of the first medium, which is the RTP of the audio. */
function packetsOf(tag: BencodeValue): number {
  return Number(at(at(at(at(at(at(tag, 'medias'), 0), 'streams'), 0), 'stats'), 'packets') ?? 0);
}

function listOf(value: BencodeValue | undefined): readonly BencodeValue[] {
  return typeof value === 'object' ? Object.values(value) : [];
}

function at(value: BencodeValue | undefined, place: string | number): BencodeValue | undefined {
  if (typeof place === 'number') return listOf(value)[place];
  return isDictionary(value) ? value[place] : undefined;
}
