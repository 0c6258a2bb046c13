import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EstateProcess } from '../../src/lab/estate/estate-process.js';
import { isListening } from '../../src/lab/estate/readiness.js';
import { systemClock } from '../../src/platform/clock.js';
import { onProxyCpu } from './pinning.js';

const program = '/usr/bin/turnserver';
const options = ['-n', '--stun-only', '--no-udp', '--no-tls', '--no-dtls', '--no-cli', '--log-file=stdout'];

export function hasCoturn(): boolean {
  return existsSync(program);
}

/** coturn as a STUN server over TCP with one worker, pinned like our edge; `start` it. */
export async function newCoturn(port: number, base: string): Promise<EstateProcess> {
  const directory = join(base, 'coturn');
  await mkdir(directory, { recursive: true });
  const place = ['-L', '127.0.0.1', '-p', String(port), '-m', '1'];
  const files = ['--pidfile', join(directory, 'pid'), '--userdb', join(directory, 'users.db')];
  return new EstateProcess({
    name: 'coturn',
    command: onProxyCpu(program, ...options, ...place, ...files),
    environment: { PATH: '/usr/bin:/bin' },
    logFile: join(directory, 'coturn.log'),
    clock: systemClock,
    isReady: () => isListening(port),
  });
}
