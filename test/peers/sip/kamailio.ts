import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '../../../src/lab/estate/free-port.js';
import { needProgram } from '../../debian-program.js';
import { until } from '../../runtime/sip/sip-kit.js';
import { directoryOf, RealProgram } from './program.js';

/** One address that Kamailio has for a line. */
export interface Binding {
  readonly aor: string;
  readonly contact: string;
  readonly path: string;
  readonly expiresSeconds: number;
}

export interface KamailioOptions {
  /** Asks every REGISTER for this password (RFC 2617). */
  readonly password?: string;
}

/** Of the answer to `ul.dump`: of each line its AoR, then of each contact Address, Expires and Path in this order. */
const dumpedField = /"(AoR|Address|Expires|Path)":\s*"?([^"\n]*?)"?,?\n/g;

function readDump(text: string): readonly Binding[] {
  const bindings: Binding[] = [];
  const last = { AoR: '', Address: '', Expires: '' };
  for (const [, name = '', value = ''] of text.matchAll(dumpedField)) {
    if (name === 'AoR' || name === 'Address' || name === 'Expires') last[name] = value;
    else bindings.push({ aor: last.AoR, contact: last.Address, path: value, expiresSeconds: Number(last.Expires) });
  }
  return bindings;
}

/** Debian's Kamailio as the registrar and proxy of the UC side, on a free port of loopback by TCP and UDP. */
export class Kamailio {
  readonly port: number;
  readonly #program: RealProgram;

  private constructor(port: number, program: RealProgram) {
    this.port = port;
    this.#program = program;
  }

  /** Undefined where it cannot be installed. */
  static async of(t: TestContext, options: KamailioOptions = {}): Promise<Kamailio | undefined> {
    const command = needProgram('kamailio');
    if (command === undefined) return undefined;
    const directory = directoryOf(t);
    const port = await freePort(['127.0.0.1'], new Set());
    const config = join(directory, 'kamailio.cfg');
    writeFileSync(config, readFileSync(join(import.meta.dirname, 'kamailio.cfg')));
    const defines = [
      '-A',
      `PORT=${port}`,
      ...(options.password === undefined ? [] : ['-A', `PASSWORD="${options.password}"`]),
    ];
    const args = ['-DD', '-E', '-f', config, '-w', directory, '-Y', directory, '-m', '64', '-M', '8', ...defines];
    const program = new RealProgram('kamailio', command, args, directory);
    t.after(() => program.stop());
    const kamailio = new Kamailio(port, program);
    await until(() => kamailio.#answers(), `kamailio: ${program.output}`);
    return kamailio;
  }

  get log(): string {
    return this.#program.output;
  }

  /** What its own RPC interface says of all bindings. */
  async bindings(): Promise<readonly Binding[]> {
    return readDump(await this.rpc('ul.dump'));
  }

  /** Says where a phone of the inside is, as `kamctl ul add` does. */
  async addInside(user: string, port: number): Promise<void> {
    await this.rpc('ul.add', ['location', user, `sip:${user}@127.0.0.1:${port}`, 3600, 1, '', 0, 0, 0]);
  }

  async rpc(method: string, params: readonly unknown[] = []): Promise<string> {
    const body = JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 });
    const response = await fetch(`http://127.0.0.1:${this.port}/RPC`, { method: 'POST', body });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method}: ${text}`);
    return text;
  }

  async #answers(): Promise<boolean> {
    if (this.#program.hasExited) throw new Error(`kamailio ended:\n${this.#program.output}`);
    return await this.rpc('core.version').then(
      () => true,
      () => false,
    );
  }
}
