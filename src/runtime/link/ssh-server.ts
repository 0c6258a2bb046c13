import { timingSafeEqual, verify } from 'node:crypto';
import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, PublicKeyAuthContext } from 'ssh2';
import { FairleadError } from '../../errors.js';
import type { SshPublicKey } from '../../platform/ssh-key-reader.js';
import { type SshChannel, type SshConnection, sshAlgorithms, sshTerms } from './ssh-terms.js';

/** What a stranger did: `authentication` may be a wrong key, `protocol` is nothing that a core ever does. */
export type ViolationKind = 'authentication' | 'protocol';

export interface SshServerOptions {
  /** OpenSSH form. */
  readonly hostKey: string;
  /** Who may come, by user name. */
  readonly pins: ReadonlyMap<string, SshPublicKey>;
  readonly authenticationAttempts: number;
}

export interface SshServerListener {
  onAuthenticated(user: string): void;
  onControl(channel: SshChannel): void;
  /** The well-known forward was asked for: channels may be opened now. */
  onForward(): void;
  onViolation(kind: ViolationKind, what: string): void;
}

/** The edge's end of one SSH connection. */
export interface SshServerConnection extends SshConnection {
  /** @throws FairleadError `link.down`, by rejection. */
  openChannel(): Promise<SshChannel>;
}

type SshError = Error & { readonly level?: string; readonly code?: unknown };
type Reject = (() => void) | undefined;

const forbiddenRequests = ['shell', 'exec', 'pty', 'env', 'x11', 'auth-agent', 'signal', 'window-change'];

/** Neither a broken connection nor the reason that a peer gives for leaving (a number, RFC 4253 section 11.1). */
function isViolation({ level, code }: SshError): boolean {
  return level !== 'socket' && typeof code !== 'number';
}

function isHeldBy(pin: SshPublicKey, { key, blob, signature }: PublicKeyAuthContext): boolean {
  if (key.data.length !== pin.blob.length || !timingSafeEqual(key.data, pin.blob)) return false;
  // Without a signature the client only asks whether the key would do; it is not let in by that.
  return signature === undefined || (blob !== undefined && verify(null, blob, pin.key, signature));
}

function isAllowed(context: AuthContext, { pins }: SshServerOptions): boolean {
  const pin = pins.get(context.username);
  return context.method === 'publickey' && pin !== undefined && isHeldBy(pin, context);
}

function watchAuthentication(connection: Connection, options: SshServerOptions, listener: SshServerListener): void {
  let attempts = 0;
  let user = '';
  connection.on('authentication', (context) => {
    attempts += 1;
    user = context.username;
    if (isAllowed(context, options)) {
      context.accept();
      return;
    }
    context.reject(['publickey']);
    const name = JSON.stringify(user.slice(0, 64));
    if (context.method !== 'none') listener.onViolation('authentication', `${context.method} of ${name} was refused`);
    if (attempts >= options.authenticationAttempts) listener.onViolation('protocol', 'tried to sign in too often');
  });
  connection.on('ready', () => listener.onAuthenticated(user));
}

function watchSessions(connection: Connection, listener: SshServerListener): void {
  let opened = false;
  const refuse = (reject: Reject, what: string) => {
    reject?.();
    listener.onViolation('protocol', `asked for ${what}`);
  };
  connection.on('session', (accept, reject) => {
    if (opened) {
      refuse(reject, 'a second session');
      return;
    }
    opened = true;
    const session = accept();
    for (const request of forbiddenRequests)
      session.on(request, (_accept: unknown, rejectRequest: Reject) => refuse(rejectRequest, request));
    session.on('subsystem', (acceptControl, rejectSubsystem, { name }) => {
      if (name === sshTerms.controlSubsystem) listener.onControl(acceptControl());
      else refuse(rejectSubsystem, 'an unknown subsystem');
    });
  });
}

function watchForwards(connection: Connection, listener: SshServerListener): void {
  const refuse = (reject: Reject, what: string) => {
    reject?.();
    listener.onViolation('protocol', `asked for ${what}`);
  };
  connection.on('tcpip', (_accept, reject) => refuse(reject, 'a connection to somewhere'));
  connection.on('openssh.streamlocal', (_accept, reject) => refuse(reject, 'a connection to a local socket'));
  connection.on('request', (accept: Reject, reject: Reject, name: string, wanted: object) => {
    const { forwardName, forwardPort } = sshTerms;
    const isOurs = 'bindAddr' in wanted && wanted.bindAddr === forwardName && 'bindPort' in wanted;
    if (name !== 'tcpip-forward' || !isOurs || wanted.bindPort !== forwardPort) {
      refuse(reject, 'another forward');
      return;
    }
    accept?.();
    listener.onForward();
  });
}

function openOn(connection: Connection): Promise<SshChannel> {
  return new Promise((resolve, reject) => {
    const { forwardName, forwardPort } = sshTerms;
    connection.forwardOut(forwardName, forwardPort, forwardName, 0, (error, channel) => {
      if (error === undefined) resolve(channel);
      else reject(new FairleadError('link.down', `the core refused a channel: ${error.message}`));
    });
  });
}

/** Speaks SSH on an accepted socket: public keys only, one control session, one forward; everything else is refused. */
export function serveSsh(socket: Socket, options: SshServerOptions, listener: SshServerListener): SshServerConnection {
  let connection: Connection | undefined;
  let problem: string | undefined;
  const server = new ssh2.Server(
    { hostKeys: [options.hostKey], ident: sshTerms.ident, algorithms: sshAlgorithms },
    (accepted) => {
      connection = accepted;
      accepted.on('error', (error: SshError) => {
        problem ??= error.message;
        if (isViolation(error)) listener.onViolation('protocol', error.message);
        socket.destroySoon();
      });
      watchAuthentication(accepted, options, listener);
      watchSessions(accepted, listener);
      watchForwards(accepted, listener);
    },
  );
  socket.once('close', () => {
    if (connection === undefined && socket.bytesRead > 0) listener.onViolation('protocol', 'did not speak SSH');
  });
  server.injectSocket(socket);
  return {
    socket,
    problem: () => problem,
    end: () => void connection?.end(),
    rekey: () => connection?.rekey(),
    openChannel: () =>
      connection === undefined
        ? Promise.reject(new FairleadError('link.down', 'the link is not up'))
        : openOn(connection),
  };
}
