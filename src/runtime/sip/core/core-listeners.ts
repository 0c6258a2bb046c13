import { FairleadError } from '../../../errors.js';
import type { TlsIdentity } from '../../../platform/tls-files.js';
import type { CoreSipConfig } from '../../node-config.js';
import type { Hop } from '../hop.js';
import type { SipListener, TlsSipListener } from '../transport/sip-listener.js';
import type { SipTransport } from '../transport/sip-transport.js';

const usualPorts = { UDP: 5060, TCP: 5060, TLS: 5061 } as const;

/** The ports by which UC nodes reach a core. */
export class CoreListeners {
  readonly tcp: SipListener | undefined;
  readonly udp: SipListener | undefined;
  readonly tls: TlsSipListener | undefined;

  constructor({ tcp, udp, tls }: CoreSipConfig, transport: SipTransport, identity: TlsIdentity) {
    if (tcp === undefined && udp === undefined && tls === undefined) {
      throw new FairleadError('node.config', 'sip: one of tcp, udp and tls is needed');
    }
    this.tcp = tcp && transport.addTcp(tcp);
    this.udp = udp && transport.addUdp(udp);
    this.tls = tls && transport.addTls(tls, { identity, requiresClientCertificate: false });
  }

  /** Those that can close alone: what this core itself sends over UDP leaves by the port it listens on. */
  get streams(): readonly SipListener[] {
    return [this.tcp, this.tls].filter((listener) => listener !== undefined);
  }

  async start(): Promise<void> {
    for (const listener of [this.tcp, this.udp, this.tls]) await listener?.start();
  }

  /** The port by which UC nodes reach this core over a protocol; the usual one when it does not listen there. */
  portOf(protocol: Hop['protocol']): number {
    const listener = { UDP: this.udp, TCP: this.tcp, TLS: this.tls }[protocol];
    return listener?.port ?? usualPorts[protocol];
  }
}
