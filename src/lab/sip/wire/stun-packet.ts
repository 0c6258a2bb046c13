import { randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** The STUN of the lab (RFC 8489): Binding only, no credentials. */
export interface StunPacket {
  readonly type: 'request' | 'success' | 'error';
  /** 12 bytes, hex. */
  readonly transactionId: string;
  /** Of an error. */
  readonly errorCode?: number;
  readonly reason?: string;
  /** XOR-MAPPED-ADDRESS of a success, IPv4 only. */
  readonly mapped?: { readonly address: string; readonly port: number };
}

const magicCookie = 0x2112a442;
const types: ReadonlyMap<number, StunPacket['type']> = new Map([
  [0x0001, 'request'],
  [0x0101, 'success'],
  [0x0111, 'error'],
]);
const codes = { request: 0x0001, success: 0x0101, error: 0x0111 } as const;
const errorCodeAttribute = 0x0009;
const mappedAddressAttribute = 0x0020;

function packet(type: keyof typeof codes, transactionId: string, attributes: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(codes[type], 0);
  header.writeUInt16BE(attributes.length, 2);
  header.writeUInt32BE(magicCookie, 4);
  return Buffer.concat([header, Buffer.from(transactionId, 'hex'), attributes]);
}

function attribute(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/** A Binding request of 20 bytes; its transaction id is random unless given. */
export function stunRequest(transactionId: string = randomBytes(12).toString('hex')): Buffer {
  return packet('request', transactionId);
}

/** The success that answers a request, telling the IPv4 address and port it came from. */
export function stunSuccess(transactionId: string, address: string, port: number): Buffer {
  if (!isIPv4(address)) return packet('success', transactionId);
  const value = Buffer.alloc(8);
  value.writeUInt8(1, 1);
  value.writeUInt16BE(port ^ (magicCookie >>> 16), 2);
  const octets = Buffer.from(address.split('.').map(Number));
  value.writeUInt32BE((octets.readUInt32BE(0) ^ magicCookie) >>> 0, 4);
  return packet('success', transactionId, attribute(mappedAddressAttribute, value));
}

/** The error that answers a request. */
export function stunError(transactionId: string, code: number, reason: string): Buffer {
  const head = Buffer.from([0, 0, Math.floor(code / 100), code % 100]);
  return packet('error', transactionId, attribute(errorCodeAttribute, Buffer.concat([head, Buffer.from(reason)])));
}

function* attributesOf(bytes: Buffer): Generator<{ readonly type: number; readonly value: Buffer }> {
  for (let at = 20; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16BE(at + 2);
    yield { type: bytes.readUInt16BE(at), value: bytes.subarray(at + 4, at + 4 + length) };
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
}

function mappedOf(value: Buffer) {
  if (value.length !== 8 || value[1] !== 1) return undefined;
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE((value.readUInt32BE(4) ^ magicCookie) >>> 0);
  return { address: octets.join('.'), port: value.readUInt16BE(2) ^ (magicCookie >>> 16) };
}

/** Reads a Binding message; undefined when it is something else or not whole. */
export function parseStun(bytes: Buffer): StunPacket | undefined {
  if (bytes.length < 20 || bytes.readUInt32BE(4) !== magicCookie) return undefined;
  const type = types.get(bytes.readUInt16BE(0));
  if (type === undefined || bytes.length !== 20 + bytes.readUInt16BE(2)) return undefined;
  let found: StunPacket = { type, transactionId: bytes.toString('hex', 8, 20) };
  for (const { type: name, value } of attributesOf(bytes)) {
    if (name === errorCodeAttribute && value.length >= 4) {
      found = { ...found, errorCode: (value[2] ?? 0) * 100 + (value[3] ?? 0), reason: value.toString('utf8', 4) };
    }
    const mapped = name === mappedAddressAttribute ? mappedOf(value) : undefined;
    if (mapped !== undefined) found = { ...found, mapped };
  }
  return found;
}
