import type { TLSSocket } from 'node:tls';
import type { News, PeerState, SipNote } from '../../signalling-port.js';
import { Pulse } from '../pulse.js';
import { closeSoon } from '../socket-closing.js';
import * as control from './control-frame.js';
import { sendFlowFrame, sendSipFrame } from './flow-frame.js';
import { FrameReader } from './frame-reader.js';
import { frameBounds, frameTypes } from './frame.js';
import { PeerFrames, type PeerListener } from './peer-frames.js';
import { PeerView } from './peer-view.js';
import { SendQueue } from './send-queue.js';
import type { SignallingNode } from './signalling-node.js';

/** Whoever the connection turns out to belong to. */
export interface ConnectionOwner extends PeerListener {
  onUp(connection: SignallingConnection): void;
  /** Once after `onUp`: the connection carries nothing any more. */
  onDown(connection: SignallingConnection, reason: string): void;
}

export interface ConnectionTerms {
  /** Gives the owner of a peer that says hello, or why it is not accepted. */
  identify(hello: control.HelloFrame): ConnectionOwner | string;
  /** The peer did what no node of ours does; the connection closes. */
  onViolation(what: string): void;
}

/** One TLS connection between two nodes, the same at both ends: greeting, signs of life, traffic, taking leave. */
export class SignallingConnection {
  /** Resolves with the reason when the connection is gone. */
  readonly closed: Promise<string>;
  readonly #socket: TLSSocket;
  readonly #node: SignallingNode;
  readonly #terms: ConnectionTerms;
  readonly #queue: SendQueue;
  readonly #reader: FrameReader;
  readonly #pulse: Pulse;
  readonly #peer = new PeerView();
  #owner: ConnectionOwner | undefined;
  #frames: PeerFrames | undefined;
  #closeReason: string | undefined;

  constructor(socket: TLSSocket, node: SignallingNode, terms: ConnectionTerms) {
    const { clock, limits } = node;
    this.#socket = socket;
    this.#node = node;
    this.#terms = terms;
    this.#queue = new SendQueue(socket, limits.queueBytes);
    this.#reader = new FrameReader({
      onFrame: (type, payload) => this.#onFrame(type, payload),
      onOversize: (type, bytes) => this.#refuse(`sent a frame of type ${type} with ${bytes} bytes`),
    });
    this.#pulse = new Pulse(clock, socket, limits, {
      onBeat: () => this.sendState(),
      onSilence: () => this.#cut(),
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', () => resolve(this.#onClosed()));
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#reader.push(chunk));
    socket.on('end', () => this.close('the peer closed the link'));
    socket.on('error', (error: Error) => this.#end(error.message));
    this.#greetPeer();
  }

  get peerState(): PeerState {
    return this.#peer.state(this.#node.settings());
  }

  /** False as `SignallingLink` says. */
  sendSip(flow: string, message: Buffer, note: SipNote): boolean {
    return this.#count(frameTypes.sip, sendSipFrame(this.#queue, flow, message, note));
  }

  sendStun(flow: string, message: Buffer): boolean {
    return this.#count(frameTypes.stun, sendFlowFrame(this.#queue, frameTypes.stun, flow, message));
  }

  closeFlow(flow: string, reason: string): boolean {
    const text = Buffer.from(reason).subarray(0, frameBounds.reasonBytes);
    return this.#count(frameTypes.closeFlow, sendFlowFrame(this.#queue, frameTypes.closeFlow, flow, text));
  }

  sendNews(news: News): boolean {
    const payloads = control.newsPayloads(news);
    return payloads?.every((payload) => this.#sendControl(frameTypes.news, payload)) ?? false;
  }

  /** Tells the node's state and that it lives. */
  sendState(): void {
    const nowMs = this.#node.clock.monotonicMs();
    this.#sendState(frameTypes.alive, { state: this.#node.state(), sentMs: nowMs, ...this.#peer.echo(nowMs) });
  }

  sendSettings(): void {
    this.#sendState(frameTypes.settings, this.#node.settings());
  }

  /** Says goodbye and closes; what was queued before is still sent. */
  leave(reason: string): void {
    if (this.#closeReason === undefined) this.#sendControl(frameTypes.bye, control.controlPayload({ reason }));
    this.close(reason);
  }

  /** Sends what was queued, within the linger time, and closes. */
  close(reason: string): void {
    if (this.#closeReason !== undefined) return;
    this.#queue.release();
    this.#end(reason);
    closeSoon(this.#socket, this.#node.clock, this.#node.limits.lingerMs);
  }

  #greetPeer(): void {
    const { name, role, softwareVersion: version } = this.#node;
    const [settings, state] = [this.#node.settings(), this.#node.state()];
    const protocol = control.signallingProtocol;
    this.#sendState(frameTypes.hello, { protocol, node: name, role, version, settings, state });
  }

  #sendState(type: number, frame: Parameters<typeof control.controlPayload>[0]): void {
    if (this.#closeReason !== undefined) return;
    this.#queue.state(type, control.controlPayload(frame));
    this.#node.counts.sent(type);
  }

  #sendControl(type: number, payload: Buffer): boolean {
    const writer = this.#queue.frame(type, payload.length);
    writer?.copy(payload);
    return this.#count(type, writer !== undefined);
  }

  #count(type: number, isQueued: boolean): boolean {
    if (isQueued) this.#node.counts.sent(type);
    return isQueued;
  }

  #onFrame(type: number, payload: Buffer): void {
    this.#node.counts.received(type);
    this.#guard(() => {
      if (this.#frames !== undefined) this.#handle(type, payload, this.#frames);
      else if (type === frameTypes.hello) this.#greet(payload);
      else this.#refuse('did not begin with hello');
    });
  }

  /** An exception of the owner's must neither break the stream nor end the process. */
  #guard(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.#node.log.error({ err: error }, 'what came over a signalling link could not be handled');
    }
  }

  #greet(payload: Buffer): void {
    const hello = control.readHello(payload);
    if (hello === undefined) {
      this.#refuse('sent a malformed hello');
      return;
    }
    const { protocol } = hello;
    const ours = control.signallingProtocol;
    const owner =
      protocol === ours
        ? this.#terms.identify(hello)
        : `speaks signalling protocol ${protocol}, this node speaks ${ours}; upgrade the older one`;
    if (typeof owner === 'string') {
      this.close(owner);
      return;
    }
    this.#peer.greet(hello);
    this.#owner = owner;
    this.#frames = new PeerFrames(this.#node, this.#peer, owner);
    owner.onUp(this);
  }

  #handle(type: number, payload: Buffer, frames: PeerFrames): void {
    if (type === frameTypes.bye) {
      this.close(control.readBye(payload).reason);
      return;
    }
    const violation = frames.read(type, payload);
    if (violation !== undefined) this.#refuse(violation);
  }

  #refuse(violation: string): void {
    this.#terms.onViolation(violation);
    this.close(violation);
  }

  #cut(): void {
    const { aliveEveryMs, silentPeriods } = this.#node.limits;
    this.#end(`nothing was heard for ${silentPeriods * aliveEveryMs} ms`);
    this.#socket.destroy();
  }

  /** The connection carries nothing from now on, whatever the socket still does. */
  #end(reason: string): void {
    if (this.#closeReason !== undefined) return;
    this.#closeReason = reason;
    this.#reader.stop();
    this.#pulse.stop();
    this.#guard(() => this.#owner?.onDown(this, reason));
  }

  #onClosed(): string {
    this.#end('the connection was lost');
    return this.#closeReason ?? '';
  }
}
