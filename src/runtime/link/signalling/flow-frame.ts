import type { SipNote } from '../../signalling-port.js';
import { frameBounds, frameTypes } from './frame.js';
import type { SendQueue } from './send-queue.js';

/**
 * Payloads that belong to a flow begin with the length of its id (1 byte) and the id. A SIP message has its note next: a byte
 * of flags; when flagged, the client's address (length in 1 byte), its port (2 bytes) and the grant (length in 2 bytes). The
 * rest is the message, or the reason why the flow is closed.
 */
const noteFlags = { address: 1, port: 2, tcp: 4, tls: 8, grant: 16 } as const;
const knownFlags = Object.values(noteFlags).reduce((all, flag) => all | flag, 0);

export interface SipFrame {
  readonly flow: string;
  readonly note: SipNote;
  readonly message: Buffer;
}

export interface FlowFrame {
  readonly flow: string;
  /** What follows the flow. */
  readonly rest: Buffer;
}

const noNote: SipNote = Object.freeze({});
const printable = /^[!-~]+$/;

/** The peer would take anything else for a violation, and close the link. */
function isSendable(text: string, most: number): boolean {
  return text.length <= most && printable.test(text);
}

function isFlow(flow: string): boolean {
  return isSendable(flow, frameBounds.flowCharacters);
}

function flagsOf({ clientAddress, clientPort, protocol, grant }: SipNote): number {
  const address = clientAddress === undefined ? 0 : noteFlags.address;
  const port = clientPort === undefined ? 0 : noteFlags.port;
  const reached = protocol === undefined ? 0 : protocol === 'TLS' ? noteFlags.tls : noteFlags.tcp;
  return address | port | reached | (grant === undefined ? 0 : noteFlags.grant);
}

function noteBytes({ clientAddress, clientPort, grant }: SipNote): number {
  const address = clientAddress === undefined ? 0 : 1 + clientAddress.length;
  const port = clientPort === undefined ? 0 : 2;
  return 1 + address + port + (grant === undefined ? 0 : 2 + grant.length);
}

function isNote({ clientAddress, clientPort = 0, grant }: SipNote): boolean {
  const { addressCharacters, grantCharacters } = frameBounds;
  const isPort = Number.isInteger(clientPort) && clientPort >= 0 && clientPort <= 0xff_ff;
  const isAddress = clientAddress === undefined || isSendable(clientAddress, addressCharacters);
  return isPort && isAddress && (grant === undefined || isSendable(grant, grantCharacters));
}

/** Queues a SIP message; false when it, its flow or its note is not what a frame can hold, and when the queue is at its bound. */
export function sendSipFrame(queue: SendQueue, flow: string, message: Buffer, note: SipNote): boolean {
  if (!isFlow(flow) || message.length > frameBounds.messageBytes || !isNote(note)) return false;
  const writer = queue.frame(frameTypes.sip, 1 + flow.length + noteBytes(note) + message.length);
  if (writer === undefined) return false;
  const { clientAddress, clientPort, grant } = note;
  writer.byte(flow.length);
  writer.text(flow);
  writer.byte(flagsOf(note));
  if (clientAddress !== undefined) {
    writer.byte(clientAddress.length);
    writer.text(clientAddress);
  }
  if (clientPort !== undefined) writer.uint16(clientPort);
  if (grant !== undefined) {
    writer.uint16(grant.length);
    writer.text(grant);
  }
  writer.copy(message);
  return true;
}

/** Queues what belongs to a flow and has no note; false as for `sendSipFrame`. */
export function sendFlowFrame(queue: SendQueue, type: number, flow: string, rest: Buffer): boolean {
  if (!isFlow(flow) || rest.length > frameBounds.messageBytes) return false;
  const writer = queue.frame(type, 1 + flow.length + rest.length);
  if (writer === undefined) return false;
  writer.byte(flow.length);
  writer.text(flow);
  writer.copy(rest);
  return true;
}

/** Reads a payload from front to back; reading beyond its end gives what makes the frame malformed. */
class PayloadCursor {
  #at = 0;

  constructor(private readonly payload: Buffer) {}

  byte(): number {
    const value = this.payload[this.#at] ?? -1;
    this.#at += 1;
    return value;
  }

  uint16(): number {
    const high = this.byte();
    const low = this.byte();
    return high < 0 || low < 0 ? -1 : high * 256 + low;
  }

  /** Printable ASCII of 1 to `most` characters. */
  text(length: number, most: number): string | undefined {
    const end = this.#at + length;
    if (length < 1 || length > most || end > this.payload.length) return undefined;
    const value = this.payload.toString('latin1', this.#at, end);
    this.#at = end;
    return printable.test(value) ? value : undefined;
  }

  rest(): Buffer | undefined {
    return this.#at > this.payload.length ? undefined : this.payload.subarray(this.#at);
  }
}

function protocolOf(flags: number): SipNote['protocol'] {
  if ((flags & noteFlags.tls) !== 0) return 'TLS';
  return (flags & noteFlags.tcp) === 0 ? undefined : 'TCP';
}

function readNote(cursor: PayloadCursor): SipNote | undefined {
  const flags = cursor.byte();
  if (flags === 0) return noNote;
  if (flags < 0 || (flags & ~knownFlags) !== 0) return undefined;
  const hasAddress = (flags & noteFlags.address) !== 0;
  const hasPort = (flags & noteFlags.port) !== 0;
  const hasGrant = (flags & noteFlags.grant) !== 0;
  const clientAddress = hasAddress ? cursor.text(cursor.byte(), frameBounds.addressCharacters) : undefined;
  const clientPort = hasPort ? cursor.uint16() : undefined;
  const grant = hasGrant ? cursor.text(cursor.uint16(), frameBounds.grantCharacters) : undefined;
  if ((hasAddress && clientAddress === undefined) || clientPort === -1) return undefined;
  if (hasGrant && grant === undefined) return undefined;
  return { clientAddress, clientPort, protocol: protocolOf(flags), grant };
}

/** Takes a SIP payload apart without copying the message; undefined when it is malformed. */
export function readSipFrame(payload: Buffer): SipFrame | undefined {
  const cursor = new PayloadCursor(payload);
  const flow = cursor.text(cursor.byte(), frameBounds.flowCharacters);
  const note = flow === undefined ? undefined : readNote(cursor);
  const message = cursor.rest();
  return flow === undefined || note === undefined || message === undefined ? undefined : { flow, note, message };
}

/** Takes any other payload of a flow apart; undefined when it is malformed. */
export function readFlowFrame(payload: Buffer): FlowFrame | undefined {
  const cursor = new PayloadCursor(payload);
  const flow = cursor.text(cursor.byte(), frameBounds.flowCharacters);
  const rest = cursor.rest();
  return flow === undefined || rest === undefined ? undefined : { flow, rest };
}
