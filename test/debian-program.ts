import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Programs that tests talk to as real peers, with the Debian package that brings each. */
const programs = {
  git: { path: '/usr/bin/git', package: 'git' },
  sshd: { path: '/usr/sbin/sshd', package: 'openssh-server' },
  ssh: { path: '/usr/bin/ssh', package: 'openssh-client' },
  openssl: { path: '/usr/bin/openssl', package: 'openssl' },
  sipp: { path: '/usr/bin/sipp', package: 'sip-tester' },
  kamailio: { path: '/usr/sbin/kamailio', package: 'kamailio' },
  redis: { path: '/usr/bin/redis-server', package: 'redis-server' },
  baresip: { path: '/usr/bin/baresip', package: 'baresip-core' },
  rtpengine: { path: '/usr/bin/rtpengine', package: 'rtpengine-daemon' },
} as const;

export type DebianProgram = keyof typeof programs;

function install(name: string): void {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...args: readonly string[]) => spawnSync('apt-get', args, { env: environment, encoding: 'utf8' });
  run('update', '-qq');
  const { status, stderr } = run('install', '-y', '-qq', '--no-install-recommends', name);
  if (status !== 0) throw new Error(`could not install ${name}: ${stderr}`);
}

/**
 * Path of a program. As root its package is installed when it is missing, and a failure is a failure; without root an
 * absent program gives undefined, and the test is to skip with a word about it.
 */
export function needProgram(program: DebianProgram): string | undefined {
  const { path, package: name } = programs[program];
  if (existsSync(path)) return path;
  if (process.getuid?.() !== 0) return undefined;
  install(name);
  if (!existsSync(path)) throw new Error(`${name} did not bring ${path}`);
  return path;
}
