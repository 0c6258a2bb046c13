import { isRecord } from '../../../model/json.js';
import type { NodeRole } from '../../../model/plan.js';
import type {
  News,
  NewsTopic,
  OwnState,
  SignallingLoad,
  SignallingSettings,
  UcNodeState,
} from '../../signalling-port.js';
import { frameBounds } from './frame.js';

/** The version of the frames; ends that differ refuse each other. */
export const signallingProtocol = 1;

/** First word of both ends. Of another protocol version nothing but the number is looked at. */
export interface HelloFrame {
  readonly protocol: number;
  readonly node: string;
  readonly role: NodeRole;
  /** Of the software, for people. */
  readonly version: string;
  readonly settings: SignallingSettings;
  readonly state: OwnState;
}

/** A sign of life. Times are of the clock of whoever sent them, and mean nothing to the other end. */
export interface AliveFrame {
  readonly state: OwnState;
  readonly sentMs: number;
  /** The last sign of life that came, and how long ago. */
  readonly echo?: { readonly sentMs: number; readonly heldMs: number };
}

export interface ByeFrame {
  readonly reason: string;
}

const mostUcNodes = 256;
const longestName = 253;
const mostEdges = 64;
const mostNewsItems = 10_000;
const longestNewsItem = 16_384;
const newsTopics: readonly NewsTopic[] = ['grants', 'revoked', 'moved'];
const ucNodeStates: readonly UcNodeState[] = ['up', 'down', 'unknown', 'unsupported'];

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isCount(value: unknown): value is number {
  return isAmount(value) && Number.isSafeInteger(value);
}

function readLoad(value: unknown): SignallingLoad | undefined {
  if (!isRecord(value)) return undefined;
  const { registrations, calls, cpu, byEdge } = value;
  if (!isCount(registrations) || !isCount(calls) || !(cpu === undefined || isAmount(cpu))) return undefined;
  const counts = byEdge === undefined ? undefined : readCounts(byEdge);
  if (byEdge !== undefined && counts === undefined) return undefined;
  return { registrations, calls, ...(cpu !== undefined && { cpu }), ...(counts !== undefined && { byEdge: counts }) };
}

function readCounts(value: unknown): Readonly<Record<string, number>> | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length > mostEdges || entries.some(([name]) => name.length > longestName)) return undefined;
  return Object.fromEntries(entries.flatMap(([name, count]) => (isCount(count) ? [[name, count]] : [])));
}

/** A state that only a newer node knows counts as unknown. */
function readUcNodes(value: unknown): OwnState['ucNodes'] | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length > mostUcNodes || entries.some(([name]) => name.length > longestName)) return undefined;
  const known = (state: unknown): UcNodeState => ucNodeStates.find((one) => one === state) ?? 'unknown';
  return Object.fromEntries(entries.map(([name, state]) => [name, known(state)]));
}

/** What can be told of a state: the peer would take anything else for a violation, and close the link. */
export function tellableState({ load, ucNodes, draining }: OwnState): OwnState {
  const { registrations, calls, cpu } = load;
  const told = Object.entries(ucNodes).filter(([name]) => name.length <= longestName);
  return {
    load: {
      registrations: isCount(registrations) ? registrations : 0,
      calls: isCount(calls) ? calls : 0,
      ...(isAmount(cpu) && { cpu }),
    },
    ucNodes: Object.fromEntries(told.slice(0, mostUcNodes)),
    draining,
  };
}

function readState(value: unknown): OwnState | undefined {
  if (!isRecord(value)) return undefined;
  const load = readLoad(value['load']);
  const ucNodes = readUcNodes(value['ucNodes']);
  const draining = value['draining'];
  if (load === undefined || ucNodes === undefined || typeof draining !== 'boolean') return undefined;
  return { load, ucNodes, draining };
}

function readSettingsValue(value: unknown): SignallingSettings | undefined {
  const stunKeepalive = isRecord(value) ? value['stunKeepalive'] : undefined;
  return typeof stunKeepalive === 'boolean' ? { stunKeepalive } : undefined;
}

function readRecord(payload: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = payload.length > frameBounds.controlBytes ? undefined : JSON.parse(payload.toString('utf8'));
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

const noState: OwnState = { load: { registrations: 0, calls: 0 }, ucNodes: {}, draining: false };

/** Undefined when malformed. */
export function readHello(payload: Buffer): HelloFrame | undefined {
  const { protocol, node, role, version, ...rest } = readRecord(payload);
  if (!isCount(protocol)) return undefined;
  if (protocol !== signallingProtocol) {
    return { protocol, node: '', role: 'edge', version: '', settings: { stunKeepalive: false }, state: noState };
  }
  const settings = readSettingsValue(rest['settings']);
  const state = readState(rest['state']);
  if (!isText(node, longestName) || !isText(version, longestName) || (role !== 'edge' && role !== 'core'))
    return undefined;
  return settings === undefined || state === undefined ? undefined : { protocol, node, role, version, settings, state };
}

/** Undefined when malformed. */
export function readSettings(payload: Buffer): SignallingSettings | undefined {
  return readSettingsValue(readRecord(payload));
}

/** Undefined when malformed. */
export function readAlive(payload: Buffer): AliveFrame | undefined {
  const { state: told, sentMs, echo } = readRecord(payload);
  const state = readState(told);
  if (state === undefined || !isAmount(sentMs)) return undefined;
  if (echo === undefined) return { state, sentMs };
  if (!isRecord(echo) || !isAmount(echo['sentMs']) || !isAmount(echo['heldMs'])) return undefined;
  return { state, sentMs, echo: { sentMs: echo['sentMs'], heldMs: echo['heldMs'] } };
}

/** `unknown` is a topic of a newer node, to be passed over; undefined when malformed. */
export function readNews(payload: Buffer): News | 'unknown' | undefined {
  const { topic: told, items } = readRecord(payload);
  if (!isText(told, longestName) || !Array.isArray(items) || items.length > mostNewsItems) return undefined;
  const topic = newsTopics.find((one) => one === told);
  if (topic === undefined) return 'unknown';
  const texts = items.filter((item) => isText(item, longestNewsItem));
  return texts.length === items.length ? { topic, items: texts } : undefined;
}

/** A reason that cannot be read is none; the peer leaves in any case. */
export function readBye(payload: Buffer): ByeFrame {
  const { reason } = readRecord(payload);
  return { reason: isText(reason, frameBounds.reasonBytes) ? reason : 'the peer leaves' };
}

/** The payload of a frame that is JSON. */
export function controlPayload(frame: HelloFrame | SignallingSettings | AliveFrame | News | ByeFrame): Buffer {
  return Buffer.from(JSON.stringify(frame));
}

/** Cuts news into payloads that fit into a frame; undefined when an item is too long. */
export function newsPayloads({ topic, items }: News): readonly Buffer[] | undefined {
  if (items.some((item) => item.length > longestNewsItem)) return undefined;
  const payloads: Buffer[] = [];
  let held: string[] = [];
  let heldBytes = 0;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (held.length === mostNewsItems || heldBytes + bytes > frameBounds.controlBytes - 256) {
      payloads.push(controlPayload({ topic, items: held }));
      [held, heldBytes] = [[], 0];
    }
    held.push(item);
    heldBytes += bytes;
  }
  return held.length === 0 ? payloads : [...payloads, controlPayload({ topic, items: held })];
}
