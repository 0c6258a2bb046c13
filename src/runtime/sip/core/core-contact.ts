import { type NameAddr, nameAddrWithUri, parseNameAddr } from '../message/name-addr.js';
import type { SipMessage } from '../message/sip-message.js';
import { parseSipUri, type SipUri } from '../message/sip-uri.js';

/** A client's flow at an edge. */
export interface FlowPlace {
  /** Name of the node. */
  readonly edge: string;
  readonly flow: string;
}

/** Where UC servers find a device that is registered through this core. */
interface CorePlace {
  /** host:port */
  readonly core: string;
  /** As it stands in a URI. */
  readonly transport: string;
  readonly place: FlowPlace;
}

const replaced = ['transport', 'orig-hostport', 'orig-transport', 'fl'];
const flowForm = /^([A-Za-z0-9.-]{1,63})~([A-Za-z0-9_-]{1,64})$/;

function hostPortOf({ host, port }: SipUri): string {
  const written = host.includes(':') ? `[${host}]` : host;
  return port === undefined ? written : `${written}:${port}`;
}

function keptParameters({ params }: SipUri): string {
  const kept = params.names().filter((name) => !replaced.includes(name));
  return kept.map((name) => `;${name}${params.get(name) === '' ? '' : `=${params.get(name) ?? ''}`}`).join('');
}

/** The address of a device as a UC server is to see it: at this core, with the way back in parameters of the URI. */
function uriAtCore(uri: SipUri, { core, transport, place: { edge, flow } }: CorePlace): string {
  const user = uri.user === '' ? '' : `${uri.user}@`;
  const before = uri.params.get('transport');
  const original = before === undefined ? '' : `;orig-transport=${before}`;
  return `sip:${user}${core};transport=${transport};orig-hostport=${hostPortOf(uri)}${original};fl=${edge}~${flow}${keptParameters(uri)}`;
}

/** The device's own address again, and its flow; undefined when a core did not write the URI. */
export function uriAtDevice(uri: SipUri): { readonly uri: string; readonly place: FlowPlace } | undefined {
  const [, edge, flow] = flowForm.exec(uri.params.get('fl') ?? '') ?? [];
  const hostPort = uri.params.get('orig-hostport');
  if (edge === undefined || flow === undefined || hostPort === undefined) return undefined;
  const user = uri.user === '' ? '' : `${uri.user}@`;
  const transport = uri.params.get('orig-transport');
  const written = `sip:${user}${hostPort}${transport === undefined ? '' : `;transport=${transport}`}${keptParameters(uri)}`;
  return { uri: written, place: { edge, flow } };
}

function mapContacts(message: SipMessage, change: (contact: NameAddr) => string | undefined): void {
  if (!message.has('contact')) return;
  const values = message.values('contact');
  const changed = values.map((value) => {
    const contact = parseNameAddr(value);
    const uri = contact && change(contact);
    return contact === undefined || uri === undefined ? value : nameAddrWithUri(contact, uri);
  });
  if (changed.some((value, index) => value !== values[index])) message.set('contact', changed.join(', '));
}

/** Puts this core in place of the device in every Contact of a REGISTER; `originals` learns what stood there, by what stands there now. */
export function moveContactsToCore(request: SipMessage, at: CorePlace, originals: Map<string, string>): void {
  mapContacts(request, ({ uri }) => {
    const parsed = parseSipUri(uri);
    if (parsed === undefined) return undefined;
    const moved = uriAtCore(parsed, at);
    originals.set(moved, uri);
    return moved;
  });
}

/** Puts the devices back into the Contacts of a 200: byte for byte for those of this REGISTER, equal ones for others. */
export function moveContactsBack(response: SipMessage, originals: ReadonlyMap<string, string>): void {
  mapContacts(response, ({ uri }) => {
    const parsed = originals.has(uri) ? undefined : parseSipUri(uri);
    return originals.get(uri) ?? (parsed && uriAtDevice(parsed)?.uri);
  });
}
