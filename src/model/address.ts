import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A range of IP addresses; all bits to the right of the prefix are zero. */
export interface Cidr {
  /** 4 or 16 bytes. */
  readonly bytes: readonly number[];
  readonly prefixLength: number;
}

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const longestName = 253;

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  return isIP(text) === 0 || text.includes('%') ? undefined : ipaddr.process(text);
}

function textOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}

/** The one text of an address (RFC 5952; an IPv4-mapped one as IPv4); undefined when it is not an address. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address === undefined ? undefined : textOf(address);
}

/** Tells whether a text is a DNS name of letters, digits and hyphens (RFC 1123), without a final dot. */
export function isDnsName(text: string): boolean {
  if (text.length > longestName) return false;
  const labels = text.split('.');
  return labels.every((one) => label.test(one)) && /^[a-z]/i.test(labels.at(-1) ?? '');
}

/** Tells whether a text is a DNS name of at least two labels. */
export function isFqdn(text: string): boolean {
  return text.includes('.') && isDnsName(text);
}

/** The one text of a host: a name in lower case, an address as `canonicalAddress`; anything else as it stands. */
export function canonicalHost(text: string): string {
  return canonicalAddress(text) ?? (isDnsName(text) ? text.toLowerCase() : text);
}

/** The bits of byte `index` that belong to a prefix. */
function maskOf(prefixLength: number, index: number): number {
  const bits = Math.min(8, Math.max(0, prefixLength - index * 8));
  return (0xff00 >> bits) & 0xff;
}

/** The range that holds an address. */
function rangeAround(bytes: readonly number[], prefixLength: number): Cidr {
  return { bytes: bytes.map((byte, index) => byte & maskOf(prefixLength, index)), prefixLength };
}

/** Why a text is not a range in CIDR notation, as a clause; undefined when it is one. */
export function cidrComplaint(text: string): string | undefined {
  const [addressText = '', lengthText, ...rest] = text.split('/');
  const address = parseAddress(addressText);
  if (address === undefined || rest.length > 0) return 'it is not an IP address with a prefix length';
  const bytes = address.toByteArray();
  if (lengthText === undefined) return undefined;
  const isLength = /^(?:0|[1-9]\d{0,2})$/.test(lengthText) && Number(lengthText) <= bytes.length * 8;
  if (!isLength) return `its prefix length is not a number from 0 to ${bytes.length * 8}`;
  const range = rangeAround(bytes, Number(lengthText));
  if (range.bytes.every((byte, index) => byte === bytes[index])) return undefined;
  return `it has bits to the right of the prefix; the range is ${formatCidr(range)}`;
}

/** Reads a range in CIDR notation; an address alone is the range of that address. Undefined when it is malformed. */
export function parseCidr(text: string): Cidr | undefined {
  if (cidrComplaint(text) !== undefined) return undefined;
  const [addressText = '', lengthText] = text.split('/');
  const bytes = parseAddress(addressText)?.toByteArray() ?? [];
  return { bytes, prefixLength: lengthText === undefined ? bytes.length * 8 : Number(lengthText) };
}

/** The one text of a range, always with its prefix length. */
export function formatCidr({ bytes, prefixLength }: Cidr): string {
  return `${textOf(ipaddr.fromByteArray([...bytes]))}/${prefixLength}`;
}

/** Tells whether two ranges have an address in common; an address given as a range asks whether the other contains it. */
export function cidrOverlaps(a: Cidr, b: Cidr): boolean {
  if (a.bytes.length !== b.bytes.length) return false;
  const common = Math.min(a.prefixLength, b.prefixLength);
  return a.bytes.every((byte, index) => ((byte ^ (b.bytes[index] ?? 0)) & maskOf(common, index)) === 0);
}
