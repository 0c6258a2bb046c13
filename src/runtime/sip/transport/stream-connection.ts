import type { Socket } from 'node:net';
import { canonicalAddress } from '../../../model/address.js';
import type { Hop } from '../hop.js';
import type { SipParseError } from '../message/sip-parse-error.js';
import { type FramerSink, StreamFramer } from '../message/stream-framer.js';
import type { Swept } from './connection-sweep.js';
import { newHopId } from './hop-id.js';
import { HopLife } from './hop-life.js';
import { MessageIntake } from './message-intake.js';
import type { TransportContext } from './transport-context.js';
import type { Flushable } from './write-batch.js';

/** A message must be whole so long after its first bytes, or the connection is cut. */
const slowMessageMs = 30_000;
/** A client that has not sent one whole message or keepalive so long after the handshake is cut. */
const firstMessageMs = 60_000;
/** A peer that takes nothing of what is queued for so long is cut. */
const slowReaderMs = 15_000;
/** What a closing connection is given to send what it holds. */
const lingerMs = 2000;
/** So many malformed messages in a row end a connection. */
const maximumStrikes = 10;
const pong = Buffer.from('\r\n');

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

/** A connection over TCP or TLS whose handshake is over. */
export class StreamConnection implements Hop, Swept, Flushable, FramerSink {
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
  readonly #life: HopLife;
  readonly #onWritten = () => {
    this.#writtenAtMs = this.#context.sweep.nowMs;
  };
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #owesPong = false;
  #activeAtMs: number;
  #isProven = false;
  #writtenAtMs = 0;
  #partialSinceMs: number | undefined;
  #endByMs = 0;
  #strikes = 0;
  #failure: Error | undefined;

  constructor(context: TransportContext, socket: Socket, terms: StreamTerms) {
    this.protocol = terms.protocol;
    this.remoteAddress = canonicalAddress(socket.remoteAddress ?? '') ?? '';
    this.remotePort = socket.remotePort ?? 0;
    this.#context = context;
    this.#terms = terms;
    this.#socket = socket;
    this.#life = new HopLife((error) => context.log.error({ hop: this.id, err: error }, 'a hop could not be left'));
    const { messages } = context.settings();
    this.#intake = new MessageIntake(context, this, messages);
    this.#framer = new StreamFramer(messages, this);
    context.sweep.add(this);
    this.#activeAtMs = context.sweep.nowMs;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.close('closed by the other side'));
    socket.on('error', (error) => {
      if (this.isOpen) this.#failure = error;
    });
    socket.on('close', () => this.#onSocketClosed());
  }

  get isOpen(): boolean {
    return this.#life.isOpen;
  }

  onClosed(listener: (reason: string) => void): () => void {
    return this.#life.onClosed(listener);
  }

  send(bytes: Buffer): boolean {
    if (!this.isOpen) return false;
    if (this.#pendingBytes + this.#socket.writableLength + bytes.length > this.#terms.queueBytes) return false;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pending.length === 1) this.#context.batch.add(this);
    return true;
  }

  flush(): void {
    const [first] = this.#pending;
    if (first === undefined || this.#socket.destroyed) return;
    const bytes = this.#pending.length === 1 ? first : Buffer.concat(this.#pending, this.#pendingBytes);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#owesPong = false;
    if (this.#socket.writableLength === 0) this.#onWritten();
    this.#socket.write(bytes, this.#onWritten);
  }

  close(reason: string): void {
    if (!this.isOpen) return;
    this.flush();
    this.#socket.destroySoon();
    this.#endByMs = this.#context.sweep.nowMs + lingerMs;
    this.#end(reason);
  }

  sweep(nowMs: number): void {
    if (!this.isOpen) {
      if (nowMs > this.#endByMs) this.#socket.destroy();
      return;
    }
    const cause = this.#cutCause(nowMs);
    if (cause !== undefined) this.#cut(cause);
  }

  onMessage(bytes: Buffer): void {
    if (!this.isOpen) return;
    this.#onWhole();
    if (this.#intake.message(bytes)) this.#strikes = 0;
    else this.#strike();
  }

  onStun(bytes: Buffer): void {
    if (!this.isOpen) return;
    this.#onWhole();
    this.#intake.stun(bytes);
  }

  onKeepalive(kind: 'ping' | 'pong'): void {
    this.#onWhole();
    // Pings that come together are answered together: a flood of them makes no queue.
    if (kind === 'pong' || this.#owesPong) return;
    this.#owesPong = this.send(pong);
  }

  onFailure(error: SipParseError): void {
    if (!this.isOpen) return;
    this.#intake.refuse(error);
    this.close(`no SIP message can be told from what comes: ${error.message}`);
  }

  #receive(chunk: Buffer): void {
    if (!this.isOpen) return;
    this.#partialSinceMs ??= this.#context.sweep.nowMs;
    this.#framer.push(chunk);
  }

  #onWhole(): void {
    this.#activeAtMs = this.#context.sweep.nowMs;
    this.#isProven = true;
    this.#partialSinceMs = undefined;
  }

  #strike(): void {
    this.#strikes += 1;
    if (this.#strikes >= maximumStrikes) this.close(`${maximumStrikes} malformed messages in a row`);
  }

  #cutCause(nowMs: number): CutCause | undefined {
    if (this.#socket.writableLength > 0 && nowMs - this.#writtenAtMs > slowReaderMs) return 'slow-reader';
    if (this.#partialSinceMs !== undefined && nowMs - this.#partialSinceMs > slowMessageMs) return 'slow-message';
    const idleLimitMs = this.#terms.idleLimitMs();
    if (idleLimitMs === undefined) return undefined;
    const limitMs = this.#isProven ? idleLimitMs : Math.min(idleLimitMs, firstMessageMs);
    return nowMs - this.#activeAtMs > limitMs ? 'idle' : undefined;
  }

  #cut(cause: CutCause): void {
    this.#context.metrics.cutConnections.inc({ cause });
    if (cause === 'idle') {
      this.close('idle for too long');
      return;
    }
    this.#failure = new Error(cause === 'slow-reader' ? 'the other side does not read' : 'a message came too slowly');
    this.#socket.destroy();
    this.#end(this.#failure.message);
  }

  #onSocketClosed(): void {
    this.#context.sweep.remove(this);
    this.#end(this.#failure?.message ?? 'closed by the other side');
    this.#terms.onGone(this, this.#failure);
  }

  /** The end for everybody but the socket. */
  #end(reason: string): void {
    this.#pending = [];
    this.#pendingBytes = 0;
    if (this.#life.close(reason)) this.#context.sink.onClosed(this, reason);
  }
}
