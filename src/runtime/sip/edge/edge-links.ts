import type { Log } from '../../../platform/log.js';
import type { GrantBook } from '../../grants/grant-book.js';
import type { News, SignallingLink, SignallingListener, SipNote } from '../../signalling-port.js';
import type { Hop } from '../hop.js';
import type { MessageLimits } from '../message/message-limits.js';
import { parseSipMessage } from '../message/parse-sip-message.js';
import type { SipMessage } from '../message/sip-message.js';
import { PeerHop, type PeerHops } from '../peer-hops.js';
import type { Registrations } from '../registration/registrations.js';
import type { Flows } from './flows.js';

export interface EdgeLinksParts {
  readonly log: Log;
  readonly flows: Flows;
  readonly hops: PeerHops;
  readonly grants: GrantBook;
  readonly registrations: Registrations;
  readonly limits: () => MessageLimits;
  readonly receive: (message: SipMessage, from: Hop) => void;
}

/** Takes what cores say over their links to an edge. */
export class EdgeLinkListener implements SignallingListener {
  readonly #parts: EdgeLinksParts;

  constructor(parts: EdgeLinksParts) {
    this.#parts = parts;
  }

  onSip(flow: string, bytes: Buffer, _note: SipNote, link: SignallingLink): void {
    const { flows, hops, limits, log, receive } = this.#parts;
    const isOpen = flows.find(flow) !== undefined;
    try {
      // A hop to a flow that is gone only carries the refusal back, and is not kept.
      receive(parseSipMessage(Buffer.from(bytes), limits()), isOpen ? hops.to(link, flow) : new PeerHop(link, flow));
    } catch (error) {
      log.warn({ core: link.peer, err: error }, 'a core sent what is no SIP message');
    }
    if (!isOpen) link.closeFlow(flow, 'no such flow');
  }

  onStun(): void {
    // The edge answers clients by itself; cores send none.
  }

  onFlowClosed(flow: string, reason: string): void {
    this.#parts.flows.find(flow)?.hop.close(reason);
  }

  onNews({ topic, items }: News, link: SignallingLink): void {
    const { grants, log } = this.#parts;
    if (topic === 'moved') for (const device of items) this.#leftThrough(device, link.peer);
    if (topic === 'revoked') for (const subject of items) grants.revoke(subject);
    if (topic !== 'grants') return;
    const refused = items.filter((grant) => !grants.put(grant)).length;
    if (refused > 0)
      log.warn({ core: link.peer, refused }, 'grants that no core of the cluster signed, or too old ones');
  }

  /**
   * A core that was cut off has not heard which of its devices came through another one meanwhile, and one that started again
   * knows none of the grants that it has to give to edges.
   */
  onUp(link: SignallingLink): void {
    link.sendNews({ topic: 'grants', items: this.#parts.grants.all() });
    const elsewhere = [...this.#parts.registrations.all()].filter(({ peer }) => peer !== link.peer);
    if (elsewhere.length > 0) link.sendNews({ topic: 'moved', items: elsewhere.map(({ device }) => device) });
  }

  onDown(link: SignallingLink, reason: string): void {
    this.#parts.hops.endPeer(link.peer, reason);
  }

  onPeerState(): void {
    // Read when it is needed.
  }

  /** A device that was registered through a core is registered through another edge, and its connection here may be dead. */
  #leftThrough(device: string, core: string): void {
    const { registrations } = this.#parts;
    if (registrations.find(device)?.peer === core) registrations.forget(device);
  }
}
