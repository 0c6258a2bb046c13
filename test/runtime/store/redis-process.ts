import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Redis } from 'iovalkey';
import type { CredentialFiles } from '../../../src/lab/certificates/certificate-paths.js';
import { needProgram } from '../../debian-program.js';

const path = needProgram('redis');

/** For each test that needs the store. */
export const withRedis: { readonly skip?: string } =
  path === undefined ? { skip: 'redis-server is not installed' } : {};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Debian's redis-server on a port of its own, which a test may freeze, kill and start again, empty each time. */
export class RedisProcess {
  readonly port: number;
  readonly url: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'fairlead-redis-'));
  readonly #settings: readonly string[];
  #child: ChildProcess | undefined;
  #client: Redis | undefined;

  private constructor(port: number, url: string, settings: readonly string[]) {
    this.port = port;
    this.url = url;
    this.#settings = settings;
  }

  /** Started, and stopped with the test; `settings` are those of redis.conf, as options. */
  static async start(t: TestContext, ...settings: readonly string[]): Promise<RedisProcess> {
    const port = await freePort();
    return await new RedisProcess(port, `redis://127.0.0.1:${port}`, ['--port', String(port), ...settings]).#begin(t);
  }

  /** As `start`, with TLS alone. */
  static async startTls(t: TestContext, { certFile, keyFile }: CredentialFiles): Promise<RedisProcess> {
    const port = await freePort();
    const files = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-auth-clients', 'no'];
    const settings = ['--port', '0', '--tls-port', String(port), ...files];
    return await new RedisProcess(port, `rediss://localhost:${port}`, settings).#begin(t);
  }

  /** To look into the store, and to change it behind the back of whoever uses it. */
  get client(): Redis {
    if (this.#client === undefined) {
      this.#client = new Redis({ port: this.port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => 20 });
      this.#client.on('error', () => undefined);
    }
    return this.#client;
  }

  async start(): Promise<void> {
    const place = ['--bind', '127.0.0.1', '--dir', this.#directory];
    const child = spawn(path ?? '', [...place, '--save', '', '--appendonly', 'no', ...this.#settings], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    const { stdout } = child;
    for await (const chunk of stdout) if (String(chunk).includes('Ready to accept connections')) break;
    stdout.resume();
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** Makes everything that the store stamped so many milliseconds older. */
  async age(byMs: number): Promise<void> {
    for (const key of await this.client.keys('*:authorizations:*')) {
      const stamps = await this.client.lrange(key, 0, -1);
      await this.client.del(key);
      if (stamps.length > 0)
        await this.client.rpush(key, ...stamps.map((stamp) => String(Number(stamp) - byMs * 1000)));
    }
  }

  async #begin(t: TestContext): Promise<this> {
    t.after(() => this.#end());
    await this.start();
    return this;
  }

  async #end(): Promise<void> {
    this.#client?.disconnect();
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
