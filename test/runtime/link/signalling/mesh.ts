import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { CredentialFiles, LabCertificatePaths } from '../../../../src/lab/certificates/certificate-paths.js';
import { writeLabCertificates } from '../../../../src/lab/certificates/lab-certificates.js';
import { systemClock as clock } from '../../../../src/platform/clock.js';
import { silentLog as log } from '../../../../src/platform/log.js';
import { newMeter } from '../../../../src/platform/meter.js';
import type { SignallingLimits } from '../../../../src/runtime/link/signalling/signalling-limits.js';
import {
  type SignallingLinksDeps,
  type SignallingService,
  newSignallingLinks,
} from '../../../../src/runtime/link/signalling/signalling-links.js';
import type { News, SignallingLink, SignallingListener, SipNote } from '../../../../src/runtime/signalling-port.js';

/** Short enough for tests, long enough for a busy machine. */
const limits = { redial: { firstMs: 20, longestMs: 100 }, lingerMs: 300 };

export type Heard =
  | { readonly type: 'up' | 'state'; readonly peer: string }
  | { readonly type: 'down'; readonly peer: string; readonly reason: string }
  | {
      readonly type: 'sip';
      readonly peer: string;
      readonly flow: string;
      readonly text: string;
      readonly note: SipNote;
    }
  | { readonly type: 'stun'; readonly peer: string; readonly flow: string; readonly text: string }
  | { readonly type: 'closed'; readonly peer: string; readonly flow: string; readonly reason: string }
  | { readonly type: 'news'; readonly peer: string; readonly news: News };

/** A node with its signalling links, and everything it heard over them, in order. */
export interface Party {
  readonly name: string;
  readonly links: SignallingService;
  readonly heard: readonly Heard[];
  to(peer: string): SignallingLink;
  /** Waits until something was heard, or the status or state changed, such that it holds. */
  until(holds: () => boolean): Promise<void>;
}

export interface PartyOptions extends Partial<Omit<SignallingLinksDeps, 'limits'>> {
  readonly limits?: Partial<SignallingLimits>;
  readonly credential?: CredentialFiles;
  /** Names that its configuration expects in the certificates of peers, where they are not the usual ones. */
  readonly expected?: Readonly<Record<string, string>>;
  /** Dials this port instead of the peer's own. */
  readonly port?: number;
  readonly listens?: boolean;
}

export function certificateNameOf(node: string): string {
  return `${node}.test.example`;
}

/** Nodes on loopback with certificates of one CA; everything is stopped and removed when the test ends. */
export class Mesh {
  readonly certificates: LabCertificatePaths;
  readonly #stops: (() => Promise<unknown>)[] = [];

  private constructor(certificates: LabCertificatePaths) {
    this.certificates = certificates;
  }

  static async of(t: TestContext, ...nodes: readonly string[]): Promise<Mesh> {
    const directory = mkdtempSync(join(tmpdir(), 'fairlead-signalling-'));
    const servers = nodes.map((name) => ({ name, hosts: [{ type: 'dns' as const, value: certificateNameOf(name) }] }));
    const cores = nodes.filter((name) => name.startsWith('core'));
    const options = { servers, clients: ['stranger'], cores, nodes };
    const mesh = new Mesh(await writeLabCertificates(directory, options, clock));
    t.after(async () => {
      await Promise.all(mesh.#stops.map((stop) => stop()));
      rmSync(directory, { recursive: true });
    });
    return mesh;
  }

  /** Runs when the test ends. */
  onEnd(stop: () => Promise<unknown>): void {
    this.#stops.push(stop);
  }

  tlsOf(node: string, credential?: CredentialFiles) {
    return { ...(credential ?? this.certificates.signalling(node)), caFile: this.certificates.authority.certFile };
  }

  async edge(name: string, cores: readonly string[], options: PartyOptions = {}): Promise<Party> {
    const signalling = {
      listen: { host: '127.0.0.1', port: options.port ?? 0 },
      tls: this.tlsOf(name, options.credential),
      cores: cores.map((core) => ({ name: core, certificateName: certificateNameOf(core), ...expect(core, options) })),
    };
    return await this.#start(name, newSignallingLinks({ name, role: 'edge', signalling }, depsOf(options)));
  }

  /** Of the other cores those whose names sort later are dialled at the port of the party, the others dial. */
  async core(
    name: string,
    edges: readonly Party[],
    cores: readonly (Party | string)[] = [],
    options: PartyOptions = {},
  ): Promise<Party> {
    const dialled = (peer: Party | string) => ({
      name: nameOf(peer),
      certificateName: certificateNameOf(nameOf(peer)),
      ...expect(nameOf(peer), options),
      host: '127.0.0.1',
      port: options.port ?? (typeof peer === 'string' ? 1 : (peer.links.port() ?? 1)),
    });
    const signalling = {
      ...(options.listens === true && { listen: { host: '127.0.0.1', port: 0 } }),
      tls: this.tlsOf(name, options.credential),
      edges: edges.map(dialled),
      cores: cores.map(dialled),
    };
    return await this.#start(name, newSignallingLinks({ name, role: 'core', signalling }, depsOf(options)));
  }

  /** An edge and a core with their link up. */
  async pair(
    core: PartyOptions = {},
    edge: PartyOptions = {},
  ): Promise<{ readonly edge: Party; readonly core: Party }> {
    const edge1 = await this.edge('edge1', ['core1'], edge);
    const core1 = await this.core('core1', [edge1], [], core);
    await Promise.all([isUp(edge1, 'core1'), isUp(core1, 'edge1')]);
    return { edge: edge1, core: core1 };
  }

  async #start(name: string, links: SignallingService): Promise<Party> {
    this.#stops.push(() => links.stop());
    const party = newParty(name, links);
    await links.start();
    return party;
  }
}

function nameOf(peer: Party | string): string {
  return typeof peer === 'string' ? peer : peer.name;
}

function expect(peer: string, { expected }: PartyOptions): { readonly certificateName?: string } {
  const certificateName = expected?.[peer];
  return certificateName === undefined ? {} : { certificateName };
}

function depsOf(options: PartyOptions): SignallingLinksDeps {
  const deps = { clock, log, meter: newMeter(), softwareVersion: '0.0.0-test', ...options };
  return { ...deps, limits: { ...limits, ...options.limits } };
}

function recorder(heard: Heard[], look: () => void): SignallingListener {
  const add = (one: Heard) => {
    heard.push(one);
    look();
  };
  return {
    onUp: ({ peer }) => add({ type: 'up', peer }),
    onDown: ({ peer }, reason) => add({ type: 'down', peer, reason }),
    onPeerState: ({ peer }) => add({ type: 'state', peer }),
    onSip: (flow, message, note, { peer }) => add({ type: 'sip', peer, flow, text: message.toString('latin1'), note }),
    onStun: (flow, message, { peer }) => add({ type: 'stun', peer, flow, text: message.toString('latin1') }),
    onFlowClosed: (flow, reason, { peer }) => add({ type: 'closed', peer, flow, reason }),
    onNews: (news, { peer }) => add({ type: 'news', peer, news }),
  };
}

function newParty(name: string, links: SignallingService): Party {
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const one of waiting) one();
  };
  links.listen(recorder(heard, look));
  links.onChange(look);
  return {
    ...{ name, links, heard },
    to: (peer) => {
      const link = links.to(peer);
      if (link === undefined) throw new Error(`no peer ${peer}`);
      return link;
    },
    until: (holds) =>
      new Promise((resolve) => {
        const one = () => {
          if (!holds()) return;
          waiting.delete(one);
          resolve();
        };
        waiting.add(one);
        one();
      }),
  };
}

export async function isUp(party: Party, peer: string): Promise<void> {
  await party.until(() => party.to(peer).isUp);
}

/** Waits until the link to a peer is down for a reason, and gives it. */
export async function downReason(party: Party, peer: string): Promise<string> {
  const statusOf = () => party.links.status().find((status) => status.peer === peer);
  await party.until(() => statusOf()?.state === 'down');
  return statusOf()?.reason ?? '';
}
