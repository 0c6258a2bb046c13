import type { News, SipNote } from '../../signalling-port.js';
import { RateBudget } from '../rate-budget.js';
import { readAlive, readNews, readSettings } from './control-frame.js';
import { readFlowFrame, readSipFrame } from './flow-frame.js';
import { frameTypes } from './frame.js';
import type { PeerView } from './peer-view.js';
import type { SignallingNode } from './signalling-node.js';

/** Whom the frames of a peer are for. */
export interface PeerListener {
  onSip(flow: string, message: Buffer, note: SipNote): void;
  onStun(flow: string, message: Buffer): void;
  onFlowClosed(flow: string, reason: string): void;
  onNews(news: News): void;
  onPeerState(): void;
}

/** Reads the frames of a peer that was greeted and hands them on; each reader tells what is wrong with a frame, if anything. */
export class PeerFrames {
  readonly #node: SignallingNode;
  readonly #peer: PeerView;
  readonly #listener: PeerListener;
  readonly #budget: RateBudget;

  constructor(node: SignallingNode, peer: PeerView, listener: PeerListener) {
    this.#node = node;
    this.#peer = peer;
    this.#listener = listener;
    this.#budget = new RateBudget(node.clock, node.limits.controlFramesPerSecond);
  }

  /** Types that are not known are passed over. */
  read(type: number, payload: Buffer): string | undefined {
    switch (type) {
      case frameTypes.sip:
        return this.#readSip(payload);
      case frameTypes.stun:
      case frameTypes.closeFlow:
        return this.#readFlow(type, payload);
      case frameTypes.alive:
        return this.#budgeted() ?? this.#readAlive(payload);
      case frameTypes.settings:
        return this.#budgeted() ?? this.#readSettings(payload);
      case frameTypes.news:
        return this.#readNews(payload);
      case frameTypes.hello:
        return 'said hello twice';
      default:
        return undefined;
    }
  }

  #budgeted(): string | undefined {
    return this.#budget.spend() ? undefined : 'sends control frames too fast';
  }

  #readSip(payload: Buffer): string | undefined {
    const frame = readSipFrame(payload);
    if (frame === undefined) return 'sent a malformed SIP frame';
    this.#listener.onSip(frame.flow, frame.message, frame.note);
    return undefined;
  }

  #readFlow(type: number, payload: Buffer): string | undefined {
    const frame = readFlowFrame(payload);
    if (frame === undefined) return `sent a malformed frame of type ${type}`;
    if (type === frameTypes.stun) this.#listener.onStun(frame.flow, frame.rest);
    else this.#listener.onFlowClosed(frame.flow, frame.rest.toString('utf8'));
    return undefined;
  }

  #readAlive(payload: Buffer): string | undefined {
    const alive = readAlive(payload);
    if (alive === undefined) return 'sent a malformed sign of life';
    if (this.#peer.hear(alive, this.#node.clock.monotonicMs())) this.#listener.onPeerState();
    return undefined;
  }

  #readSettings(payload: Buffer): string | undefined {
    const settings = readSettings(payload);
    if (settings === undefined) return 'sent malformed settings';
    if (this.#peer.settle(settings, this.#node.settings())) this.#listener.onPeerState();
    return undefined;
  }

  #readNews(payload: Buffer): string | undefined {
    const news = readNews(payload);
    if (news === undefined) return 'sent malformed news';
    if (news !== 'unknown') this.#listener.onNews(news);
    return undefined;
  }
}
