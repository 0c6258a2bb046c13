import assert from 'node:assert/strict';
import { defaultMessageLimits } from '../../src/runtime/sip/message/message-limits.js';
import { newResponse } from '../../src/runtime/sip/message/new-message.js';
import { parseSipMessage } from '../../src/runtime/sip/message/parse-sip-message.js';
import type { SipMessage } from '../../src/runtime/sip/message/sip-message.js';
import type { MemoryHop } from './memory-network.js';

export interface RequestText {
  readonly uri?: string;
  readonly branch?: string;
  readonly via?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** A request as it stands on the wire. */
export function requestText(method: string, text: RequestText = {}): Buffer {
  const body = text.body ?? '';
  const lines = [
    `${method} ${text.uri ?? 'sip:bob@example.com'} SIP/2.0`,
    `Via: ${text.via ?? `SIP/2.0/TCP 192.0.2.1:5060;branch=${text.branch ?? 'z9hG4bK-1'}`}`,
    'Max-Forwards: 70',
    `From: Alice <sip:alice@example.com>;tag=${text.fromTag ?? 'a1'}`,
    `To: <sip:bob@example.com>${text.toTag === undefined ? '' : `;tag=${text.toTag}`}`,
    `Call-ID: ${text.callId ?? 'call-1'}`,
    `CSeq: ${text.cseq ?? 1} ${method}`,
    'Contact: <sip:alice@192.0.2.1:5060>',
    ...(text.headers ?? []),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

/** The far end of a hop, driven by a test: keeps what came and says what it is told to say. */
export class Peer {
  readonly hop: MemoryHop;
  readonly #inbox: SipMessage[] = [];

  constructor(hop: MemoryHop) {
    this.hop = hop;
    hop.onBytes = (bytes) => this.#inbox.push(parseSipMessage(bytes, defaultMessageLimits));
  }

  get waiting(): number {
    return this.#inbox.length;
  }

  send(message: Buffer | SipMessage): void {
    this.hop.send(Buffer.isBuffer(message) ? message : message.toBytes());
  }

  request(method: string, text?: RequestText): void {
    this.send(requestText(method, text));
  }

  answer(
    request: SipMessage,
    statusCode: number,
    headers: readonly (readonly [string, string])[] = [],
    toTag = 'b1',
  ): void {
    this.send(newResponse(request, statusCode, { headers, toTag }));
  }

  /** The next message, which is expected to be this method or status. */
  take(expected: string | number): SipMessage {
    const message = this.#inbox.shift();
    assert.ok(message !== undefined, `nothing came where ${expected} was expected`);
    assert.equal(message.isRequest ? message.method : message.statusCode, expected);
    return message;
  }

  /** Everything that came and was not taken, in short. */
  rest(): readonly (string | number)[] {
    return this.#inbox.splice(0).map((message) => (message.isRequest ? message.method : message.statusCode));
  }
}
