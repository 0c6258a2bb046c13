import type { SignallingLink, SipNote } from '../signalling-port.js';
import type { Hop } from './hop.js';
import { detached } from './message/detached.js';

/** The way over a link to, or from, one client's flow. The note travels with the first message after it changed. */
export class PeerHop implements Hop {
  readonly id: string;
  readonly protocol = 'TLS';
  readonly isReliable = true;
  readonly remoteAddress: string;
  readonly remotePort = 0;
  readonly flow: string;
  readonly link: SignallingLink;
  readonly #listeners = new Set<(reason: string) => void>();
  #note: SipNote | undefined;
  #isNoteSent = true;
  #closedBecause: string | undefined;

  constructor(link: SignallingLink, flow: string) {
    this.id = `${link.peer}~${flow}`;
    this.remoteAddress = link.peer;
    this.link = link;
    this.flow = flow;
  }

  get isOpen(): boolean {
    return this.#closedBecause === undefined && this.link.isUp;
  }

  /** What was said last of the client at the other end. */
  get note(): SipNote | undefined {
    return this.#note;
  }

  /** Says something of the client with the next message; the same value again costs nothing. */
  announce(note: SipNote): void {
    if (this.#note?.grant === note.grant && this.#note?.clientAddress === note.clientAddress) return;
    this.#note = note;
    this.#isNoteSent = false;
  }

  /** Keeps what the other end said of the client. */
  learn(note: SipNote): void {
    if (note.clientAddress !== undefined || note.grant !== undefined) this.#note = note;
  }

  send(bytes: Buffer): boolean {
    if (this.#closedBecause !== undefined) return false;
    const isSent = this.link.sendSip(this.flow, bytes, this.#isNoteSent ? undefined : this.#note);
    if (isSent) this.#isNoteSent = true;
    return isSent;
  }

  /** Closes the client's flow at the other end. */
  close(reason: string): void {
    this.link.closeFlow(this.flow, reason);
    this.end(reason);
  }

  onClosed(listener: (reason: string) => void): () => void {
    if (this.#closedBecause === undefined) this.#listeners.add(listener);
    else listener(this.#closedBecause);
    return () => void this.#listeners.delete(listener);
  }

  /** The flow or the link is gone. */
  end(reason: string): void {
    if (this.#closedBecause !== undefined) return;
    this.#closedBecause = reason;
    for (const listener of [...this.#listeners]) listener(reason);
    this.#listeners.clear();
  }
}

/** The hops over the links of a node, one per peer and flow. */
export class PeerHops {
  readonly #byPeer = new Map<string, Map<string, PeerHop>>();

  /** The hop of a flow, made when it is first asked for. */
  to(link: SignallingLink, flow: string): PeerHop {
    let flows = this.#byPeer.get(link.peer);
    if (flows === undefined) {
      flows = new Map();
      this.#byPeer.set(link.peer, flows);
    }
    const known = flows.get(flow);
    if (known !== undefined) return known;
    const made = new PeerHop(link, detached(flow));
    flows.set(made.flow, made);
    return made;
  }

  find(peer: string, flow: string): PeerHop | undefined {
    return this.#byPeer.get(peer)?.get(flow);
  }

  /** Number of flows behind a peer. */
  countOf(peer: string): number {
    return this.#byPeer.get(peer)?.size ?? 0;
  }

  /** Ends what goes to one flow, over every link, and tells the peers. */
  endFlow(flow: string, reason: string): void {
    for (const flows of this.#byPeer.values()) {
      const hop = flows.get(flow);
      flows.delete(flow);
      hop?.close(reason);
    }
  }

  /** A peer says that a flow of its own is closed. */
  flowEnded(peer: string, flow: string, reason: string): void {
    const flows = this.#byPeer.get(peer);
    const hop = flows?.get(flow);
    flows?.delete(flow);
    hop?.end(reason);
  }

  /** Ends everything behind a peer whose link is gone. */
  endPeer(peer: string, reason: string): void {
    const flows = this.#byPeer.get(peer);
    this.#byPeer.delete(peer);
    for (const hop of flows?.values() ?? []) hop.end(reason);
  }
}
