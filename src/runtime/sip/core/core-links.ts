import type { Clock, Timer } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { GrantDesk } from '../../grants/grant-desk.js';
import type { GrantIntake } from '../../grants/grant-intake.js';
import type { News, SignallingLink, SignallingLinks, SignallingListener, SipNote } from '../../signalling-port.js';
import type { Hop } from '../hop.js';
import type { MessageLimits } from '../message/message-limits.js';
import { parseSipMessage } from '../message/parse-sip-message.js';
import type { SipMessage } from '../message/sip-message.js';
import { LogRation } from '../log-ration.js';
import type { PeerHops } from '../peer-hops.js';
import type { Registrations } from '../registration/registrations.js';

/** An edge whose link is not back after so long is taken for dead, and its clients for gone. */
const edgePatienceMs = 5000;

export interface CoreLinkParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly links: SignallingLinks;
  readonly hops: PeerHops;
  readonly grants: GrantDesk;
  readonly intake: GrantIntake;
  readonly registrations: Registrations;
  readonly limits: () => MessageLimits;
  readonly receive: (message: SipMessage, from: Hop) => void;
}

/** Of one edge; more than its clients can be, fewer than fill the memory. */
const mostFlows = 60_000;

/** Takes what edges and other cores say over their links to a core, and tells them what this core grants. */
export class CoreLinkListener implements SignallingListener {
  readonly #parts: CoreLinkParts;
  readonly #lost = new Map<string, Timer>();
  readonly #ration: LogRation;

  constructor(parts: CoreLinkParts) {
    this.#parts = parts;
    this.#ration = new LogRation(parts.clock);
    parts.grants.onNews((news) => {
      if (news.type === 'issued') this.#tell('edge', { topic: 'grants', items: [news.grant] });
      else this.#tell('any', { topic: 'revoked', items: [news.subject] });
    });
  }

  /** Tells the other cores that a device is registered here now. */
  tellArrived(device: string): void {
    this.#tell('core', { topic: 'moved', items: [device] });
  }

  /** Tells an edge that a device is registered here through another one. */
  tellLeft(device: string, edge: string): void {
    this.#parts.links.to(edge)?.sendNews({ topic: 'moved', items: [device] });
  }

  onSip(flow: string, bytes: Buffer, note: SipNote, link: SignallingLink): void {
    const { hops, limits, log, receive } = this.#parts;
    if (link.peerRole !== 'edge') return;
    if (hops.find(link.peer, flow) === undefined && hops.countOf(link.peer) >= mostFlows) {
      if (this.#ration.take(link.peer) !== undefined)
        log.warn({ edge: link.peer, flows: mostFlows }, 'an edge has too many flows; one is closed');
      link.closeFlow(flow, 'too many flows');
      return;
    }
    const hop = hops.to(link, flow);
    hop.learn(note);
    try {
      receive(parseSipMessage(Buffer.from(bytes), limits()), hop);
    } catch (error) {
      if (this.#ration.take(link.peer) !== undefined)
        log.warn({ peer: link.peer, err: error }, 'a peer sent what is no SIP message');
    }
  }

  onStun(): void {
    // Edges answer their clients by themselves, from what this core tells them.
  }

  onFlowClosed(flow: string, reason: string, link: SignallingLink): void {
    const { hops, registrations } = this.#parts;
    // An edge speaks for its own flows alone.
    registrations.dropFlow(flow, link.peer);
    hops.flowEnded(link.peer, flow, reason);
  }

  onNews({ topic, items }: News, link: SignallingLink): void {
    const { grants, intake } = this.#parts;
    if (topic === 'grants') intake.take(items);
    if (topic === 'moved') for (const device of items) this.#left(device, link);
    if (link.peerRole === 'core' && topic === 'revoked') for (const subject of items) grants.learnRevocation(subject);
  }

  onUp(link: SignallingLink): void {
    this.#lost.get(link.peer)?.cancel();
    this.#lost.delete(link.peer);
    if (link.peerRole === 'edge') link.sendNews({ topic: 'grants', items: this.#parts.grants.all() });
  }

  onDown(link: SignallingLink, reason: string): void {
    const { hops, clock, registrations } = this.#parts;
    hops.endPeer(link.peer, reason);
    if (link.peerRole !== 'edge') return;
    const timer = clock.after(edgePatienceMs, () => registrations.dropPeer(link.peer), { idle: true });
    this.#lost.set(link.peer, timer);
  }

  onPeerState(): void {
    // A core asks its peers nothing that depends on it.
  }

  /** An edge speaks for the devices that came through it, a core for all that come through it now. */
  #left(device: string, { peer, peerRole }: SignallingLink): void {
    const { registrations } = this.#parts;
    if (peerRole === 'core') this.#takenOver(device);
    else if (registrations.find(device)?.peer === peer) registrations.forget(device);
  }

  #takenOver(device: string): void {
    const { registrations } = this.#parts;
    const edge = registrations.find(device)?.peer;
    if (edge === undefined) return;
    registrations.forget(device);
    this.tellLeft(device, edge);
  }

  #tell(role: 'edge' | 'core' | 'any', news: News): void {
    for (const link of this.#parts.links.links()) {
      if (link.isUp && (role === 'any' || link.peerRole === role)) link.sendNews(news);
    }
  }
}
