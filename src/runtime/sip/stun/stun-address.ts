import { isIPv6 } from 'node:net';
import { magicCookie } from './stun-framing.js';

/** An address and port as STUN tells them. */
export interface StunAddress {
  readonly address: string;
  readonly port: number;
}

const cookieHigh = magicCookie >>> 16;
const ipv4Mapped = '::ffff:';
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;

/** Bytes of an IPv4 (4) or IPv6 (16) address; RangeError when it is neither. An IPv4-mapped one counts as IPv4. */
export function addressBytes(address: string): readonly number[] {
  const mapped = address.startsWith(ipv4Mapped) ? address.slice(ipv4Mapped.length) : address;
  const bytes = ipv4Bytes(mapped) ?? (isIPv6(address) ? ipv6Bytes(address) : undefined);
  if (bytes === undefined) throw new RangeError(`${address} is no IP address`);
  return bytes;
}

function ipv4Bytes(address: string): readonly number[] | undefined {
  const bytes = [0, 0, 0, 0];
  let index = 0;
  let digits = 0;
  for (let at = 0; at < address.length; at += 1) {
    const code = address.charCodeAt(at);
    if (code === dot && digits > 0) {
      index += 1;
      digits = 0;
      continue;
    }
    const byte = (bytes[index] ?? 256) * 10 + code - zero;
    if (code < zero || code > nine || byte > 255) return undefined;
    bytes[index] = byte;
    digits += 1;
  }
  return index === 3 && digits > 0 ? bytes : undefined;
}

function ipv6Bytes(address: string): readonly number[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const before = groups(head);
  const behind = tail === undefined ? [] : groups(tail);
  const gap = new Array<number>(Math.max(0, 16 - before.length - behind.length)).fill(0);
  return [...before, ...gap, ...behind];
}

function groups(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >>> 8, value & 0xff];
  });
}

/** Writes the value of XOR-MAPPED-ADDRESS at a place of a message whose header is written (RFC 8489 section 14.2). */
export function writeXorAddress(message: Buffer, at: number, bytes: readonly number[], port: number): void {
  message[at] = 0;
  message[at + 1] = bytes.length === 4 ? 1 : 2;
  message.writeUInt16BE(port ^ cookieHigh, at + 2);
  // Cookie and transaction id lie behind one another in the header: the key of an address of either length.
  for (let index = 0; index < bytes.length; index += 1)
    message[at + 4 + index] = (bytes[index] ?? 0) ^ (message[4 + index] ?? 0);
}

/** Reads the value of XOR-MAPPED-ADDRESS; undefined when it is malformed. */
export function readXorAddress(message: Buffer, at: number, length: number): StunAddress | undefined {
  const family = message[at + 1];
  const size = family === 1 ? 4 : family === 2 ? 16 : 0;
  if (size === 0 || length !== size + 4) return undefined;
  const port = message.readUInt16BE(at + 2) ^ cookieHigh;
  const bytes = Array.from({ length: size }, (_, index) => (message[at + 4 + index] ?? 0) ^ (message[4 + index] ?? 0));
  return { address: size === 4 ? bytes.join('.') : writeIpv6(bytes), port };
}

function writeIpv6(bytes: readonly number[]): string {
  const parts = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${parts.join(':')}]`).hostname.slice(1, -1);
}
