import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import type { ProbeCheck } from '../../../model/health.js';
import type { Clock } from '../../../platform/clock.js';
import { withTimeLimit } from '../../../platform/time-limit.js';
import { check } from '../../probe-check.js';
import type { SignallingLink } from '../../signalling-port.js';

export interface OwnListener {
  readonly host: string;
  readonly port: number;
  readonly certificate: string;
}

export interface EdgeSipProbeParts {
  readonly clock: Clock;
  readonly links: readonly SignallingLink[];
  /** Where clients reach the own TLS listener, with the certificate that it has to show, PEM; undefined while it is closed on purpose. */
  readonly listener: OwnListener | undefined;
}

const trialLimitMs = 10_000;

/** Where the listener is reached from this machine. */
function ownAddress(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** A handshake with the own listener, which must show the own certificate. */
function shakeHands({ host, port, certificate }: OwnListener, signal: AbortSignal): Promise<string> {
  const own = new X509Certificate(certificate).fingerprint256;
  return new Promise((resolve, reject) => {
    // Nobody else's certificate will do: it is compared with the own one.
    const socket = connect({ host: ownAddress(host), port, rejectUnauthorized: false });
    const stop = () => socket.destroy(new Error('not within its time'));
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', reject);
    socket.once('close', () => signal.removeEventListener('abort', stop));
    socket.once('secureConnect', () => {
      const isOwn = socket.getPeerX509Certificate()?.fingerprint256 === own;
      socket.destroy();
      if (isOwn) resolve('the listener shows its certificate');
      else reject(new Error('another certificate than the configured one is served'));
    });
  });
}

/** Tries what SIP clients meet first: the own listener, and behind it the links to the cores. */
export async function probeEdgeSip(parts: EdgeSipProbeParts, signal: AbortSignal): Promise<readonly ProbeCheck[]> {
  const { clock, links, listener } = parts;
  const own = (listener === undefined ? [] : [listener]).map((one) =>
    check({ id: 'the SIP listener answers over TLS' }, clock, () =>
      withTimeLimit(clock, trialLimitMs, signal, (either) => shakeHands(one, either)),
    ),
  );
  const cores = links.map(({ peer, isUp }) =>
    check({ id: `core ${peer} is linked for SIP` }, clock, () =>
      isUp ? Promise.resolve('the signalling link is up') : Promise.reject(new Error('the signalling link is down')),
    ),
  );
  return await Promise.all([...own, ...cores]);
}
