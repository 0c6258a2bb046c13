import { isDeepStrictEqual } from 'node:util';
import type { LinkStatus } from '../../../admin/contract.js';
import type { Clock, Timer } from '../../../platform/clock.js';
import type { FilePart } from '../../../platform/file-reload.js';
import type { Log } from '../../../platform/log.js';
import type { Meter } from '../../../platform/meter.js';
import { newStaticHosts, staticLookup } from '../../../platform/static-hosts.js';
import { type TlsServerFiles, readTlsFiles, tlsFilePart } from '../../../platform/tls-files.js';
import type {
  OwnState,
  SignallingLink,
  SignallingLinks,
  SignallingListener,
  SignallingSettings,
} from '../../signalling-port.js';
import { LinkBoard, type LinkStatusListener } from '../link-board.js';
import type { ViolationKind } from '../ssh-server.js';
import { FrameCounts } from './frame-counts.js';
import { PeerAcceptor } from './peer-acceptor.js';
import type { SignallingIdentity } from './peer-certificate.js';
import { PeerDialer } from './peer-dialer.js';
import { PeerLink } from './peer-link.js';
import type { SignallingConnection } from './signalling-connection.js';
import { type SignallingLimits, defaultSignallingLimits } from './signalling-limits.js';
import { measureSignalling } from './signalling-metrics.js';
import type { SignallingNode } from './signalling-node.js';
import { type SignallingNodeConfig, type SignallingPlan, signallingPlanOf } from './signalling-peers.js';
import { tellableState, untoldState } from './told-state.js';

export interface SignallingLinksDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** Told to the peers, for people. */
  readonly softwareVersion: string;
  /** Told of each refused certificate (`authentication`), and of what no node ever does (`protocol`). */
  readonly onViolation?: (kind: ViolationKind, address: string) => void;
  readonly limits?: Partial<SignallingLimits>;
}

/** The links with what only their node needs of them. */
export interface SignallingService extends SignallingLinks {
  /** Certificate, key and CA: connections made after a reload use the new ones. */
  readonly files: readonly FilePart[];
}

const nobody: SignallingListener = {
  onSip: () => undefined,
  onStun: () => undefined,
  onFlowClosed: () => undefined,
  onNews: () => undefined,
  onUp: () => undefined,
  onDown: () => undefined,
  onPeerState: () => undefined,
};

class NodeSignalling implements SignallingService {
  readonly name = 'signalling links';
  readonly files: readonly FilePart[];
  readonly #plan: SignallingPlan;
  readonly #tlsFiles: TlsServerFiles;
  readonly #node: SignallingNode;
  readonly #board: LinkBoard;
  readonly #links: ReadonlyMap<string, PeerLink>;
  readonly #dialers: readonly PeerDialer[];
  readonly #acceptor: PeerAcceptor | undefined;
  #listener = nobody;
  #identity: SignallingIdentity = {};
  #state = untoldState;
  #settings: SignallingSettings = { stunKeepalive: true };
  #news: Timer | undefined;

  constructor(config: SignallingNodeConfig, deps: SignallingLinksDeps) {
    const { clock, log, meter, softwareVersion } = deps;
    const { certFile, keyFile, caFile } = config.signalling.tls;
    this.#tlsFiles = { certFile, keyFile, clientCaFile: caFile };
    this.files = [tlsFilePart('signalling.tls', this.#tlsFiles, (identity) => this.#renew(identity))];
    this.#plan = signallingPlanOf(config);
    this.#node = {
      ...{ name: config.name, role: config.role, softwareVersion, clock, log },
      limits: { ...defaultSignallingLimits, ...deps.limits },
      counts: new FrameCounts(),
      state: () => this.#state,
      settings: () => this.#settings,
    };
    const names = this.#plan.peers.map(({ name }) => name);
    this.#board = new LinkBoard(names, clock, 'connecting', 'signalling');
    this.#links = this.#newLinks(log);
    this.#dialers = this.#newDialers(config);
    this.#acceptor = this.#newAcceptor(deps);
    measureSignalling(meter, this.#node.counts, [...this.#links.values()]);
  }

  async start(): Promise<void> {
    const identity = await readTlsFiles(this.#tlsFiles);
    this.#identity = identity;
    await this.#acceptor?.start(identity);
    for (const dialer of this.#dialers) dialer.start();
  }

  async stop(): Promise<void> {
    this.#news?.cancel();
    const dialled = this.#dialers.map((dialer) => dialer.stop());
    const accepted = this.#acceptor?.stop();
    for (const connection of this.#connections()) connection.leave(`the ${this.#node.role} stops`);
    await Promise.all([...dialled, accepted]);
  }

  links(): readonly SignallingLink[] {
    return [...this.#links.values()];
  }

  to(peer: string): SignallingLink | undefined {
    return this.#links.get(peer);
  }

  listen(listener: SignallingListener): void {
    this.#listener = listener;
  }

  setOwnState(own: OwnState): void {
    const { ucNodes, draining } = this.#state;
    const state = tellableState(own);
    this.#state = state;
    if (draining !== state.draining || !isDeepStrictEqual(ucNodes, state.ucNodes)) this.#tellSoon();
  }

  setOwnSettings(settings: SignallingSettings): void {
    if (isDeepStrictEqual(settings, this.#settings)) return;
    const before = new Map(this.links().map((link) => [link, link.peerState?.stunAgreed]));
    this.#settings = settings;
    for (const connection of this.#connections()) connection.sendSettings();
    for (const [link, agreed] of before) if (link.peerState?.stunAgreed !== agreed) this.#listener.onPeerState(link);
  }

  status(): readonly LinkStatus[] {
    return this.#board.status();
  }

  onChange(listener: LinkStatusListener): void {
    this.#board.onChange(listener);
  }

  port(): number | undefined {
    return this.#acceptor?.port();
  }

  #connections(): readonly SignallingConnection[] {
    return [...this.#links.values()].flatMap(({ connection }) => connection ?? []);
  }

  #newLinks(log: Log): ReadonlyMap<string, PeerLink> {
    const deps = { board: this.#board, log, listener: () => this.#listener };
    const peers = this.#plan.peers.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return new Map(peers.map(({ name, role }) => [name, new PeerLink(name, role, deps)]));
  }

  #newDialers({ hosts = {} }: SignallingNodeConfig): readonly PeerDialer[] {
    const lookup = staticLookup(newStaticHosts(hosts));
    const identity = () => this.#identity;
    return this.#plan.peers.flatMap(({ name, certificateName, at }) => {
      const link = this.#links.get(name);
      if (at === undefined || link === undefined) return [];
      return new PeerDialer({ peer: { link, certificateName, ...at }, node: this.#node, identity, lookup });
    });
  }

  #newAcceptor({ onViolation = () => undefined }: SignallingLinksDeps): PeerAcceptor | undefined {
    const { listen } = this.#plan;
    const peers = this.#plan.peers.flatMap(({ name, certificateName, at }) => {
      const link = this.#links.get(name);
      return at !== undefined || link === undefined ? [] : { link, certificateName };
    });
    return listen === undefined ? undefined : new PeerAcceptor({ listen, peers, node: this.#node, onViolation });
  }

  #renew(identity: SignallingIdentity): void {
    this.#identity = identity;
    this.#acceptor?.renew(identity);
  }

  /** Many changes of one moment go out as one. */
  #tellSoon(): void {
    this.#news ??= this.#node.clock.after(this.#node.limits.gatherMs, () => {
      this.#news = undefined;
      for (const connection of this.#connections()) connection.sendState();
    });
  }
}

/**
 * Makes a node's end of all signalling links: it dials and awaits its peers, holds them to their certificates, and carries
 * SIP, STUN and news. Nothing listens or dials before `start`, which resolves before any link is up.
 * `start` throws FairleadError `node.config` for files or an address that cannot be used.
 */
export function newSignallingLinks(config: SignallingNodeConfig, deps: SignallingLinksDeps): SignallingService {
  return new NodeSignalling(config, deps);
}
