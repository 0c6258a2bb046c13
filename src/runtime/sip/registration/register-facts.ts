import { type NameAddr, parseNameAddr } from '../message/name-addr.js';
import type { SipMessage } from '../message/sip-message.js';
import { parseSipUri } from '../message/sip-uri.js';

/** What a REGISTER says of its device. */
export interface RegisterFacts {
  /** What tells the device apart from others, and what a grant has to name: the device name, else what stands in for it. */
  readonly device: string;
  /** The address-of-record. */
  readonly line: string;
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
/** Cisco phones put their MAC address into the instance id. */
const phoneInstance = /^<urn:uuid:00000000-0000-0000-0000-([0-9a-f]{12})>$/i;
const longestDeviceCharacters = 128;

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text.trim()) ? Math.min(Number(text), 2 ** 31) : undefined;
}

function lineOf({ uri }: NameAddr): string {
  const parsed = parseSipUri(uri);
  return parsed === undefined ? uri : `${parsed.user}@${parsed.host}`;
}

/** The name by which Unified CM and the grants know the device; a standard client has none, and stands for its user. */
function deviceOf(contact: NameAddr | undefined, to: NameAddr): string {
  const name = contact?.params.get(deviceNameParameter);
  if (name !== undefined && name !== '') return name;
  const [, mac] = phoneInstance.exec(contact?.params.get('+sip.instance') ?? '') ?? [];
  return mac === undefined ? (parseSipUri(to.uri)?.user ?? '') : `SEP${mac}`;
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

/** Of several contacts the one that stays registered, since the others are being removed. */
function registeringContact(contacts: readonly NameAddr[]): NameAddr | undefined {
  return contacts.find(({ params }) => params.get('expires') !== '0') ?? contacts[0];
}

/** Reads a REGISTER; undefined when its To or its device name cannot be used. */
export function readRegister(request: SipMessage): RegisterFacts | undefined {
  const { to } = request;
  if (to === undefined) return undefined;
  const values = request.values('contact');
  const contact = registeringContact(nameAddrs(values));
  const endsAll = values.some((value) => value.trim() === '*');
  const device = deviceOf(contact, to).toLowerCase();
  if (device === '' || device.length > longestDeviceCharacters) return undefined;
  return {
    device,
    line: lineOf(to),
    isCapable: isCapable(request, contact),
    expiresSeconds: endsAll ? 0 : (seconds(contact?.params.get('expires')) ?? seconds(request.first('expires'))),
    contact: endsAll ? undefined : contact,
    endsAll,
    userAgent: request.first('user-agent') ?? '',
  };
}

/** Seconds that a 200 to a REGISTER grants to its device; 0 when the registrar does not list it any more. */
export function grantedSeconds(response: SipMessage, { device, contact, expiresSeconds }: RegisterFacts): number {
  if (contact === undefined || expiresSeconds === 0) return 0;
  const listed = nameAddrs(response.values('contact'));
  const isOwn = (one: NameAddr) =>
    one.uri === contact.uri || one.params.get(deviceNameParameter)?.toLowerCase() === device || isSame(one, contact);
  const own = listed.find(isOwn) ?? (listed.length === 1 ? listed[0] : undefined);
  if (own === undefined) return 0;
  return seconds(own.params.get('expires')) ?? seconds(response.first('expires')) ?? expiresSeconds ?? 3600;
}

function isSame(one: NameAddr, other: NameAddr): boolean {
  const instance = one.params.get('+sip.instance');
  return instance !== undefined && instance === other.params.get('+sip.instance');
}
