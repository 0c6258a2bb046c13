import { isStunStart, stunHeaderBytes, stunLength } from '../stun/stun-framing.js';
import { carriageReturn, lineFeed, tokenTable } from './characters.js';
import { HeadScan } from './head-scan.js';
import type { MessageLimits } from './message-limits.js';
import { refusalOf } from './parse-sip-message.js';
import { SipParseError } from './sip-parse-error.js';
import { StreamBuffer } from './stream-buffer.js';

/** Who is told what a stream carries. The bytes given are the receiver's to keep, not to write to. */
export interface FramerSink {
  /** One whole message, head and body. */
  onMessage(bytes: Buffer): void;
  onStun(bytes: Buffer): void;
  /** A ping (two line breaks) wants a pong (one) for an answer: RFC 5626 section 4.4.1. */
  onKeepalive(kind: 'ping' | 'pong'): void;
  /** One message is too large; it is passed over as it comes, and those behind it are delivered. Absent, it is a failure. */
  onOversize?(error: SipParseError): void;
  /** Where the next message begins is no longer known: answer if possible, then close. Nothing comes after it. */
  onFailure(error: SipParseError): void;
}

type Step = { readonly type: 'wait' } | { readonly type: 'took'; readonly bytes: number };

const wait: Step = { type: 'wait' };

/** A message of more than so many times the limit is not waited out. */
const maximumOversize = 16;

/**
 * Cuts a TCP or TLS stream into SIP messages, STUN messages and keepalives, however its bytes are split. A message
 * without Content-Length is a failure: on a stream it is mandatory (RFC 3261 section 18.3), and a guess is how one
 * message is smuggled inside another.
 */
export class StreamFramer {
  readonly #limits: MessageLimits;
  readonly #sink: FramerSink;
  readonly #buffer = new StreamBuffer();
  #scan = new HeadScan();
  #isPongTold = false;
  /** Bytes of a message that is passed over which have not come yet. */
  #passedOver = 0;
  #hasFailed = false;

  constructor(limits: MessageLimits, sink: FramerSink) {
    this.#limits = limits;
    this.#sink = sink;
  }

  /** Takes what arrived; the chunk must not be written to afterwards. */
  push(chunk: Buffer): void {
    if (this.#hasFailed) return;
    this.#buffer.append(chunk);
    while (this.#buffer.unread.length > 0) {
      const step = this.#step(this.#buffer.unread);
      if (step.type === 'wait') return;
      this.#buffer.skip(step.bytes);
    }
  }

  /** Delivers nothing more, as when the connection closes. */
  stop(): void {
    this.#hasFailed = true;
    this.#buffer.clear();
  }

  #step(unread: Buffer): Step {
    if (this.#passedOver > 0) return this.#passOver(unread);
    const first = unread[0] ?? 0;
    if (first === carriageReturn) return this.#lineBreak(unread);
    this.#isPongTold = false;
    if (first <= 1) return this.#stun(unread);
    if (tokenTable[first] !== 1) return this.#fail(new SipParseError('neither SIP nor STUN nor a keepalive'));
    return this.#message(unread);
  }

  #lineBreak(unread: Buffer): Step {
    if (unread.length === 1) return wait;
    if (unread[1] !== lineFeed) return this.#fail(new SipParseError('a carriage return without a line feed'));
    if (this.#isPongTold) {
      this.#isPongTold = false;
      this.#sink.onKeepalive('ping');
      return { type: 'took', bytes: 2 };
    }
    if (unread[2] === carriageReturn && unread[3] === lineFeed) {
      this.#sink.onKeepalive('ping');
      return { type: 'took', bytes: 4 };
    }
    this.#isPongTold = true;
    this.#sink.onKeepalive('pong');
    return { type: 'took', bytes: 2 };
  }

  #stun(unread: Buffer): Step {
    if (!isStunStart(unread)) return this.#fail(new SipParseError('malformed STUN'));
    if (unread.length < stunHeaderBytes) return wait;
    const bytes = stunLength(unread);
    if (bytes === undefined) return this.#fail(new SipParseError('malformed STUN'));
    if (unread.length < bytes) return wait;
    this.#sink.onStun(this.#buffer.take(bytes));
    return { type: 'took', bytes };
  }

  #message(unread: Buffer): Step {
    this.#scan.read(unread);
    const { headBytes, contentLength } = this.#scan;
    const { maximumMessageBytes } = this.#limits;
    if (headBytes === undefined)
      return unread.length > maximumMessageBytes ? this.#refuse(unread, 513, 'a head without an end') : wait;
    if (contentLength === undefined)
      return this.#refuse(unread, 400, 'Content-Length is missing, repeated or no length');
    const bytes = headBytes + contentLength;
    if (bytes > maximumMessageBytes) return this.#oversize(unread, bytes);
    if (unread.length < bytes) return wait;
    this.#scan = new HeadScan();
    this.#sink.onMessage(this.#buffer.take(bytes));
    return { type: 'took', bytes };
  }

  #oversize(unread: Buffer, bytes: number): Step {
    const { maximumMessageBytes } = this.#limits;
    const reason = `a message has ${bytes} bytes, more than ${maximumMessageBytes}`;
    if (this.#sink.onOversize === undefined || bytes > maximumOversize * maximumMessageBytes)
      return this.#refuse(unread, 513, reason);
    this.#scan = new HeadScan();
    this.#passedOver = bytes;
    this.#sink.onOversize(refusalOf(unread, this.#limits, 513, reason));
    return this.#passOver(unread);
  }

  #passOver(unread: Buffer): Step {
    const bytes = Math.min(unread.length, this.#passedOver);
    this.#passedOver -= bytes;
    return { type: 'took', bytes };
  }

  #refuse(unread: Buffer, status: 400 | 513, reason: string): Step {
    return this.#fail(refusalOf(unread, this.#limits, status, reason));
  }

  #fail(error: SipParseError): Step {
    this.stop();
    this.#sink.onFailure(error);
    return wait;
  }
}
