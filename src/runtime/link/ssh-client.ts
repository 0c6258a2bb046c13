import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import { FairleadError } from '../../errors.js';
import type { SshPublicKey } from '../../platform/ssh-key-reader.js';
import { type SshChannel, type SshConnection, sshAlgorithms, sshTerms } from './ssh-terms.js';

export interface SshClientOptions {
  readonly user: string;
  /** OpenSSH form. */
  readonly clientKey: string;
  readonly hostKey: SshPublicKey;
}

export interface SshClientListener {
  /** Whether another channel may be opened towards us now. */
  admits(): boolean;
  onChannel(channel: SshChannel): void;
}

/** The core's end of one SSH connection. */
export interface SshClientConnection extends SshConnection {
  /** Resolves when both ends know each other; rejects with `link.down` and what was wrong. */
  readonly authenticated: Promise<void>;
  openControl(): Promise<SshChannel>;
  /** Lets the edge open channels; before, none is accepted. */
  requestForward(listener: SshClientListener): Promise<void>;
}

type Client = InstanceType<typeof ssh2.Client>;
type Callback<T> = (error: Error | undefined, result: T) => void;

const mends = new Map([
  ['client-authentication', 'the edge does not accept our key under our name'],
  ['handshake', 'the edge does not have the pinned host key, or shares no algorithm with us'],
]);

function problemOf(error: Error & { readonly level?: string }): string {
  const mend = mends.get(error.level ?? '');
  return mend === undefined ? error.message : `${mend} (${error.message})`;
}

function isPinned(key: Buffer, { blob }: SshPublicKey): boolean {
  return key.length === blob.length && timingSafeEqual(key, blob);
}

function watchChannels(client: Client, listener: SshClientListener): void {
  // The library offers only channels of forwards that we asked for, and there is one.
  client.on('tcp connection', (_details, accept, reject) => {
    if (listener.admits()) listener.onChannel(accept());
    else reject();
  });
}

function authenticated(client: Client, problem: () => string | undefined): Promise<void> {
  const result = new Promise<void>((resolve, reject) => {
    client.once('ready', () => resolve());
    client.once('close', () => reject(new FairleadError('link.down', problem() ?? 'the edge closed the connection')));
  });
  result.catch(() => undefined);
  return result;
}

function called<T>(what: string, start: (callback: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, result) => {
      if (error === undefined) resolve(result);
      else reject(new FairleadError('link.down', `the edge refused ${what}: ${error.message}`));
    });
  });
}

/** Speaks SSH on a connected socket: the host key must be the pinned one, ours is the only way in. */
export function dialSsh(socket: Socket, options: SshClientOptions): SshClientConnection {
  const client = new ssh2.Client();
  let problem: string | undefined;
  client.on('error', (error) => {
    problem ??= problemOf(error);
    socket.destroySoon();
  });
  const ready = authenticated(client, () => problem);
  client.connect({
    sock: socket,
    ident: sshTerms.ident,
    algorithms: sshAlgorithms,
    username: options.user,
    privateKey: options.clientKey,
    authHandler: ['publickey'],
    hostVerifier: (key: Buffer) => isPinned(key, options.hostKey),
    readyTimeout: 0,
  });
  return {
    socket,
    authenticated: ready,
    problem: () => problem,
    end: () => void client.end(),
    openControl: () =>
      called('the control stream', (done: Callback<SshChannel>) => void client.subsys(sshTerms.controlSubsystem, done)),
    requestForward: async (listener) => {
      watchChannels(client, listener);
      await called('the forward', (done: Callback<unknown>) => {
        client.forwardIn(sshTerms.forwardName, sshTerms.forwardPort, done);
      });
    },
  };
}
