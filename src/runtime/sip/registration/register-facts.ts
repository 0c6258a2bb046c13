import { type NameAddr, nameAddrWithParameter, parseNameAddr } from '../message/name-addr.js';
import type { SipMessage } from '../message/sip-message.js';
import { parseSipUri } from '../message/sip-uri.js';

/** What a REGISTER says of its device. */
export interface RegisterFacts {
  /** What tells the device apart from others, and what a grant has to name: the device name, else what stands in for it. */
  readonly device: string;
  /** The address-of-record. */
  readonly line: string;
  /** The user part of it, escapes resolved. */
  readonly user: string;
  /** Whether it follows when it is led to another node. */
  readonly isCapable: boolean;
  /** Seconds it asks for; undefined when it leaves that to the registrar. 0 ends the registration. */
  readonly expiresSeconds: number | undefined;
  /** The Contact that registers, undefined for a query or `*`. */
  readonly contact: NameAddr | undefined;
  /** Contact is `*`: all bindings of the line end. */
  readonly endsAll: boolean;
  /** What the software calls itself; empty when it does not say. */
  readonly userAgent: string;
}

const deviceNameParameter = '+u.sip!devicename.ccm.cisco.com';
const instanceParameter = '+sip.instance';
/** Cisco phones put their MAC address into the instance id. */
const phoneInstance = /^<urn:uuid:00000000-0000-0000-0000-([0-9a-f]{12})>$/i;
const longestDeviceCharacters = 128;

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text.trim()) ? Math.min(Number(text), 2 ** 31) : undefined;
}

/** The user part as people know it, escapes resolved; undefined when they do not make a text of one line. */
function plainUser(user: string): string | undefined {
  if (!/[%\x80-\xff]/.test(user)) return user;
  try {
    const plain = decodeURIComponent(Buffer.from(user, 'latin1').toString());
    return /\p{Cc}/u.test(plain) ? undefined : plain;
  } catch {
    return undefined;
  }
}

interface Line {
  readonly user: string;
  readonly text: string;
}

/** The address-of-record in From or To. */
function lineOf(address: NameAddr | undefined): Line | undefined {
  const uri = address && parseSipUri(address.uri);
  const user = uri && plainUser(uri.user);
  return uri === undefined || user === undefined ? undefined : { user, text: `${user}@${uri.host}` };
}

/** Whether who registers the line is who it is for. */
function isOwn({ from, to }: SipMessage, line: Line): boolean {
  return from?.uri === to?.uri || lineOf(from)?.text === line.text;
}

/** The name by which Unified CM and the grants know the device of a Contact, if it has one. */
function nameIn({ params }: NameAddr): string | undefined {
  const name = params.get(deviceNameParameter);
  if (name !== undefined && name !== '') return name.toLowerCase();
  const [, mac] = phoneInstance.exec(params.get(instanceParameter) ?? '') ?? [];
  return mac === undefined ? undefined : `sep${mac.toLowerCase()}`;
}

/** By Cisco's sign for adaptive routing, or as RFC 5626 says that a client keeps flows. */
function isCapable(message: SipMessage, contact: NameAddr | undefined): boolean {
  if (contact?.params.get('x-cisco-mra-ha')?.includes('AR') === true) return true;
  const supported = message.values('supported').map((option) => option.trim().toLowerCase());
  return supported.some((option) => option.startsWith('x-cisco-mra-ha=ar') || option === 'outbound');
}

/** Those that can be read. */
function nameAddrs(values: readonly string[]): readonly NameAddr[] {
  const read: NameAddr[] = [];
  for (const value of values) {
    const one = parseNameAddr(value);
    if (one !== undefined) read.push(one);
  }
  return read;
}

interface Contacts {
  readonly endsAll: boolean;
  /** The one that registers, since the others are being removed. */
  readonly chosen: NameAddr | undefined;
  readonly all: readonly NameAddr[];
}

function isAddress(contact: NameAddr): boolean {
  if (parseSipUri(contact.uri) === undefined) return false;
  // Of two names we would check one, and the registrar perhaps believe the other.
  return [deviceNameParameter, instanceParameter].every((name) => contact.params.countOf(name) <= 1);
}

/** Reads the Contacts; undefined unless at most one registers, and every one is an address or the only one is `*` with `Expires: 0`. */
function readContacts(request: SipMessage, asked: number | undefined): Contacts | undefined {
  const values = request.values('contact');
  if (values.length === 1 && values[0] === '*')
    return asked === 0 ? { endsAll: true, chosen: undefined, all: [] } : undefined;
  const all = nameAddrs(values);
  if (all.length < values.length || !all.every(isAddress)) return undefined;
  const registering = all.filter(({ params }) => (seconds(params.get('expires')) ?? asked) !== 0);
  return registering.length > 1 ? undefined : { endsAll: false, chosen: registering[0] ?? all[0], all };
}

/**
 * Reads a REGISTER; undefined when it is not one device's for itself: the registration of somebody else, Contacts of several
 * devices, or what two readers could take for different things.
 */
export function readRegister(request: SipMessage): RegisterFacts | undefined {
  const asked = seconds(request.first('expires'));
  const line = lineOf(request.to);
  const contacts = readContacts(request, asked);
  if (line === undefined || contacts === undefined || !isOwn(request, line)) return undefined;
  const { chosen: contact, endsAll } = contacts;
  // A standard client has no device name, and stands for its user.
  const device = (contact && nameIn(contact)) ?? line.user.toLowerCase();
  if (device === '' || device.length > longestDeviceCharacters) return undefined;
  if (contacts.all.some((one) => (nameIn(one) ?? device) !== device)) return undefined;
  return {
    ...{ device, line: line.text, user: line.user, contact, endsAll },
    isCapable: isCapable(request, contact),
    expiresSeconds: endsAll ? 0 : (seconds(contact?.params.get('expires')) ?? asked),
    userAgent: request.first('user-agent') ?? '',
  };
}

/** Has a REGISTER ask for no more than so many seconds, wherever it says for how many. */
export function limitExpires(request: SipMessage, contact: NameAddr | undefined, maximumSeconds: number): void {
  const text = String(maximumSeconds);
  if (request.has('expires')) request.set('expires', text);
  if (contact?.params.has('expires') !== true) return;
  const values = request.values('contact');
  const limited = nameAddrWithParameter(contact, 'expires', text);
  request.set('contact', values.map((value) => (value === contact.text ? limited : value)).join(', '));
}

/**
 * Seconds that a 200 to a REGISTER grants to its device; 0 when the registrar does not list it any more. One that lists
 * nothing at all grants what its Expires says.
 */
export function grantedSeconds(response: SipMessage, { device, contact, expiresSeconds }: RegisterFacts): number {
  if (contact === undefined || expiresSeconds === 0) return 0;
  const granted = seconds(response.first('expires'));
  const listed = nameAddrs(response.values('contact'));
  if (listed.length === 0) return granted ?? 0;
  const own = listed.find((one) => isSame(one, contact, device)) ?? onlyOne(listed, device);
  if (own === undefined) return 0;
  return seconds(own.params.get('expires')) ?? granted ?? expiresSeconds ?? 3600;
}

function isSame(one: NameAddr, contact: NameAddr, device: string): boolean {
  if (one.uri === contact.uri || nameIn(one) === device) return true;
  const instance = one.params.get(instanceParameter);
  return instance !== undefined && instance === contact.params.get(instanceParameter);
}

/** A registrar may write the address in another way, but not the name of another device. */
function onlyOne(listed: readonly NameAddr[], device: string): NameAddr | undefined {
  const [only] = listed;
  return listed.length === 1 && only !== undefined && (nameIn(only) ?? device) === device ? only : undefined;
}
