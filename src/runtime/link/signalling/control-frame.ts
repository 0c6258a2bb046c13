import { isRecord } from '../../../model/json.js';
import type { NodeRole } from '../../../model/plan.js';
import type { News, NewsTopic, OwnState, SignallingSettings } from '../../signalling-port.js';
import { frameBounds } from './frame.js';
import { isAmount, isCount, readState, untoldState } from './told-state.js';

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

const longestName = 253;
const mostNewsItems = 10_000;
const longestNewsItem = 16_384;
const newsTopics: readonly NewsTopic[] = ['grants', 'revoked', 'moved'];

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
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

/** Undefined when malformed. */
export function readHello(payload: Buffer): HelloFrame | undefined {
  const { protocol, node, role, version, ...rest } = readRecord(payload);
  if (!isCount(protocol)) return undefined;
  if (protocol !== signallingProtocol) {
    return { protocol, node: '', role: 'edge', version: '', settings: { stunKeepalive: false }, state: untoldState };
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
