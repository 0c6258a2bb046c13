import type { Socket } from 'node:net';
import { canonicalAddress } from '../../../model/address.js';
import type { Hop } from '../hop.js';
import type { SipParseError } from '../message/sip-parse-error.js';
import { type FramerSink, StreamFramer } from '../message/stream-framer.js';
import type { Swept } from './connection-sweep.js';
import { newHopId } from './hop-id.js';
import { HopLife } from './hop-life.js';
import { MessageIntake } from './message-intake.js';
import { Patience } from './patience.js';
import { SendQueue } from './send-queue.js';
import type { TransportContext } from './transport-context.js';

/** What a closing connection is given to send what it holds. */
const lingerMs = 2000;
/** So many malformed messages in a row end a connection. */
const maximumStrikes = 10;

/** How a connection differs from others. */
export interface StreamTerms {
  readonly protocol: 'TCP' | 'TLS';
  readonly queueBytes: number;
  /** How long it may be without a whole message or keepalive, asked about once a second; undefined for ever. */
  idleLimitMs(): number | undefined;
  /** The socket is gone; with the failure that ended it, unless one side closed it in good order. */
  onGone(connection: StreamConnection, failure: Error | undefined): void;
}

type CutCause = 'idle' | 'slow-message' | 'slow-reader';

const cutReasons: Readonly<Record<CutCause, string>> = {
  idle: 'idle for too long',
  'slow-message': 'a message came too slowly',
  'slow-reader': 'the other side does not read',
};

/** A connection over TCP or TLS whose handshake is over. */
export class StreamConnection implements Hop, Swept, FramerSink {
  readonly id = newHopId();
  readonly isReliable = true;
  readonly protocol: 'TCP' | 'TLS';
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly #context: TransportContext;
  readonly #terms: StreamTerms;
  readonly #socket: Socket;
  readonly #framer: StreamFramer;
  readonly #intake: MessageIntake;
  readonly #queue: SendQueue;
  readonly #patience: Patience;
  readonly #life: HopLife;
  #endByMs = 0;
  #strikes = 0;
  #failure: Error | undefined;

  constructor(context: TransportContext, socket: Socket, terms: StreamTerms) {
    const { batch, log, settings, sweep } = context;
    this.protocol = terms.protocol;
    this.remoteAddress = canonicalAddress(socket.remoteAddress ?? '') ?? '';
    this.remotePort = socket.remotePort ?? 0;
    this.#context = context;
    this.#terms = terms;
    this.#socket = socket;
    this.#framer = new StreamFramer(settings().messages, this);
    this.#intake = new MessageIntake(context, this, settings().messages);
    this.#queue = new SendQueue(socket, batch, sweep, terms.queueBytes);
    this.#life = new HopLife((error) => log.error({ hop: this.id, err: error }, 'a hop could not be left'));
    sweep.add(this);
    this.#patience = new Patience(sweep.nowMs);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.close('closed by the other side'));
    socket.on('error', (error) => this.#onError(error));
    socket.on('close', () => this.#onSocketClosed());
  }

  get isOpen(): boolean {
    return this.#life.isOpen;
  }

  onClosed(listener: (reason: string) => void): () => void {
    return this.#life.onClosed(listener);
  }

  send(bytes: Buffer): boolean {
    return this.isOpen && this.#queue.push(bytes);
  }

  close(reason: string): void {
    if (!this.isOpen) return;
    this.#queue.flush();
    this.#socket.destroySoon();
    this.#endByMs = this.#context.sweep.nowMs + lingerMs;
    this.#end(reason);
  }

  sweep(nowMs: number): void {
    if (!this.isOpen) {
      if (nowMs > this.#endByMs) this.#socket.destroy();
      return;
    }
    const isStuck = this.#queue.isStuck(nowMs);
    const cause = isStuck ? 'slow-reader' : this.#patience.isOver(nowMs, this.#terms.idleLimitMs());
    if (cause !== undefined) this.#cut(cause);
  }

  onMessage(bytes: Buffer): void {
    if (!this.isOpen) return;
    this.#patience.wholeCame(this.#context.sweep.nowMs);
    if (this.#intake.message(bytes)) this.#strikes = 0;
    else this.#strike();
  }

  onStun(bytes: Buffer): void {
    if (!this.isOpen) return;
    this.#patience.wholeCame(this.#context.sweep.nowMs);
    this.#intake.stun(bytes);
  }

  onKeepalive(kind: 'ping' | 'pong'): void {
    if (!this.isOpen) return;
    this.#patience.wholeCame(this.#context.sweep.nowMs);
    if (kind === 'ping') this.#queue.pushPong();
  }

  onOversize(error: SipParseError): void {
    if (!this.isOpen) return;
    this.#patience.wholeCame(this.#context.sweep.nowMs);
    this.#intake.refuse(error);
    this.#strike();
  }

  onFailure(error: SipParseError): void {
    if (!this.isOpen) return;
    this.#intake.refuse(error);
    this.close(`no SIP message can be told from what comes: ${error.message}`);
  }

  #receive(chunk: Buffer): void {
    if (!this.isOpen) return;
    this.#patience.bytesCame(this.#context.sweep.nowMs);
    this.#framer.push(chunk);
  }

  #strike(): void {
    this.#strikes += 1;
    if (this.#strikes >= maximumStrikes) this.close(`${maximumStrikes} malformed messages in a row`);
  }

  #cut(cause: CutCause): void {
    this.#context.metrics.cutConnections.inc({ cause });
    const reason = cutReasons[cause];
    if (cause === 'idle') {
      this.close(reason);
      return;
    }
    this.#failure = new Error(reason);
    this.#socket.destroy();
    this.#end(reason);
  }

  #onError(error: Error): void {
    // What fails after this side closed it is no failure of the connection.
    if (this.isOpen) this.#failure = error;
  }

  #onSocketClosed(): void {
    this.#context.sweep.remove(this);
    this.#end(this.#failure?.message ?? 'closed by the other side');
    this.#terms.onGone(this, this.#failure);
  }

  /** The end for everybody but the socket. */
  #end(reason: string): void {
    this.#framer.stop();
    this.#queue.clear();
    if (this.#life.close(reason)) this.#context.sink.onClosed(this, reason);
  }
}
