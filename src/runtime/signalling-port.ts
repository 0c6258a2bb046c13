import type { LinkStatus } from '../admin/contract.js';
import type { NodeRole } from '../model/plan.js';
import type { Service } from './service.js';

/** What an edge says about the client of a SIP message, beside the message; the peer's certificate vouches for it. */
export interface SipNote {
  /** Address and port that the client's connection comes from. */
  readonly clientAddress?: string | undefined;
  readonly clientPort?: number | undefined;
  readonly protocol?: 'TCP' | 'TLS' | undefined;
  /** The signed statement that lets the client register; at most 16,384 printable ASCII characters. */
  readonly grant?: string | undefined;
}

export interface SignallingLoad {
  /** Live registrations. */
  readonly registrations: number;
  /** Calls being set up or going on. */
  readonly calls: number;
  /** Share of one processor that the node's process uses, from 0. */
  readonly cpu?: number;
  /** Of a core: its live registrations by the edge they came through, of at most 100 edges that take more. */
  readonly byEdge?: Readonly<Record<string, number>>;
  /** Of a core: what it knows of all cores together. */
  readonly cluster?: ClusterLoad;
}

/** The registrations of a whole cluster, as one core knows them. */
export interface ClusterLoad {
  readonly registrations: number;
  /** The most at one time. */
  readonly peak: number;
  /** Whether a store that all cores share says so, rather than this core's own sum. */
  readonly isShared: boolean;
}

/** What a core knows of a UC node: `unsupported` serves SIP but answers no STUN. */
export type UcNodeState = 'up' | 'down' | 'unknown' | 'unsupported';

/** What a node tells its peers about itself. */
export interface OwnState {
  readonly load: SignallingLoad;
  /** By the name of the UC node, at most 256; edges tell none. */
  readonly ucNodes: Readonly<Record<string, UcNodeState>>;
  /** Whether it wants no new registrations and calls. */
  readonly draining: boolean;
}

/** What both ends of a link must agree on; each holds on a link only while both ends want it. */
export interface SignallingSettings {
  readonly stunKeepalive: boolean;
}

/** What a peer said last, while the link to it is up. */
export interface PeerState extends OwnState {
  /** Whether both ends want STUN keepalives. */
  readonly stunAgreed: boolean;
  /** Over the link and back, in milliseconds; absent until it was measured. */
  readonly roundTripMs?: number;
}

/**
 * What nodes tell each other beside the traffic: `grants` are signed statements that let users register, `revoked` the ids of
 * grants that no longer hold, `moved` the devices that, from a core to a core, are now registered through the sender, from an edge, through
 * another core, and to an edge, through another edge than it.
 */
export type NewsTopic = 'grants' | 'revoked' | 'moved';

export interface News {
  readonly topic: NewsTopic;
  /** Each at most 16,384 characters; any number of them, the link cuts them into frames. */
  readonly items: readonly string[];
}

/** The way to one configured peer; the same object for as long as the node runs, whether the peer can be reached or not. */
export interface SignallingLink {
  readonly peer: string;
  readonly peerRole: NodeRole;
  readonly isUp: boolean;
  /** Undefined while the link is down. */
  readonly peerState: PeerState | undefined;
  /**
   * Queues one message of a flow (1 to 64 printable ASCII characters); the bytes are free again when it returns. False, and
   * nothing sent, when the link is down, its queue is at its bound, the message is larger than 1 MiB, or flow or note are not
   * what is said here: they may come from outside.
   */
  sendSip(flow: string, message: Buffer, note?: SipNote): boolean;
  sendStun(flow: string, message: Buffer): boolean;
  /** The reason is for people, and is cut at 256 bytes. Queued behind what was sent for the flow before. */
  closeFlow(flow: string, reason: string): boolean;
  /** False when not all of it could be queued. */
  sendNews(news: News): boolean;
}

/** Told of what comes over the links; nothing of a link before its `onUp` or after its `onDown`. */
export interface SignallingListener {
  /** `message` is a view into a received chunk of at most 1 MiB: who keeps it for long copies it. */
  onSip(flow: string, message: Buffer, note: SipNote, link: SignallingLink): void;
  onStun(flow: string, message: Buffer, link: SignallingLink): void;
  /** The peer has closed the flow, or wants it closed. */
  onFlowClosed(flow: string, reason: string, link: SignallingLink): void;
  onNews(news: News, link: SignallingLink): void;
  onUp(link: SignallingLink): void;
  /** Once for each `onUp`: everything in flight over the link may be lost. */
  onDown(link: SignallingLink, reason: string): void;
  /** The peer's state or what is agreed with it changed. */
  onPeerState(link: SignallingLink): void;
}

/** All signalling links of a node: an edge has its cores, a core its edges and the other cores. */
export interface SignallingLinks extends Service {
  /** Of every configured peer, up or not, in the order of their names. */
  links(): readonly SignallingLink[];
  to(peer: string): SignallingLink | undefined;
  /** Who hears of what comes; to be set before `start`. */
  listen(listener: SignallingListener): void;
  /** Goes out with the next sign of life, at once when `ucNodes` or `draining` differ. */
  setOwnState(state: OwnState): void;
  /** What this node wants; peers hear of a change at once. */
  setOwnSettings(settings: SignallingSettings): void;
  status(): readonly LinkStatus[];
  onChange(listener: (status: LinkStatus) => void): void;
  /** The TCP port that peers dial, once started; undefined when the node only dials. */
  port(): number | undefined;
}
