import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { newSshKeyPair } from '../../../src/platform/ssh-keys.js';
import { freePort, untilSaid } from './background-server.js';

/** A real sshd on loopback that lets one key in. */
export interface SshServer {
  readonly port: number;
  readonly user: string;
  /** Private key that is let in, mode 0600. */
  readonly keyFile: string;
  /** The server's host key, as OpenSSH keeps it. */
  readonly knownHosts: string;
}

/** Starts sshd with keys made for it; it ends with the test. */
export async function serveSsh(t: TestContext, program: string, directory: string): Promise<SshServer> {
  const [host, client, port] = [newSshKeyPair('host'), newSshKeyPair('client'), await freePort()];
  const write = (name: string, content: string): string => {
    writeFileSync(join(directory, name), content, { mode: 0o600 });
    return join(directory, name);
  };
  const settings = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${write('host_key', host.privateKey)}`,
    `AuthorizedKeysFile ${write('authorized_keys', `${client.publicKey}\n`)}`,
    'AuthenticationMethods publickey',
    'PermitRootLogin prohibit-password',
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
  ];
  // Where sshd separates its privileges when root starts it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const sshd = spawn(program, ['-D', '-e', '-f', write('sshd_config', `${settings.join('\n')}\n`)]);
  await untilSaid(t, sshd, 'Server listening');
  const knownHosts = `[127.0.0.1]:${port} ${host.publicKey}\n`;
  return { port, user: userInfo().username, keyFile: write('client_key', client.privateKey), knownHosts };
}
