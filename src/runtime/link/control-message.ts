import { isRecord } from '../../model/json.js';

/** The version of what is said over a link; ends that differ refuse each other. */
export const linkProtocol = 1;

/** First word of both ends; what another protocol version says beyond its number is not looked at. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  readonly node: string;
  /** Of the software, for people. */
  readonly version: string;
}

export interface PlanQuestion {
  readonly type: 'plan?';
  readonly id: number;
  readonly planId: string;
  /** How often it may be passed on to the peers of a peer. */
  readonly hops: number;
}

export interface PlanAnswer {
  readonly type: 'plan!';
  readonly id: number;
  readonly confirmed: boolean;
}

export type ControlMessage =
  | Hello
  | PlanQuestion
  | PlanAnswer
  | { readonly type: 'alive' }
  /** The sender opens and accepts no more channels, and closes soon. */
  | { readonly type: 'bye'; readonly reason: string };

export type ParsedControl =
  | { readonly message: ControlMessage }
  /** Said by a newer node; to be passed over. */
  | { readonly unknown: string }
  | { readonly malformed: string };

const longestTextCharacters = 256;
const mostHops = 3;

type Body = Readonly<Record<string, unknown>>;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestTextCharacters;
}

function isCount(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

function readHello({ protocol, node, version }: Body): ControlMessage | undefined {
  if (!isCount(protocol, Number.MAX_SAFE_INTEGER)) return undefined;
  if (protocol !== linkProtocol) return { type: 'hello', protocol, node: '', version: '' };
  return isText(node) && isText(version) ? { type: 'hello', protocol, node, version } : undefined;
}

function readQuestion({ id, planId, hops }: Body): ControlMessage | undefined {
  if (!isCount(id, Number.MAX_SAFE_INTEGER) || !isText(planId) || !isCount(hops, mostHops)) return undefined;
  return { type: 'plan?', id, planId, hops };
}

function readAnswer({ id, confirmed }: Body): ControlMessage | undefined {
  if (!isCount(id, Number.MAX_SAFE_INTEGER) || typeof confirmed !== 'boolean') return undefined;
  return { type: 'plan!', id, confirmed };
}

const readers: ReadonlyMap<string, (body: Body) => ControlMessage | undefined> = new Map([
  ['hello', readHello],
  ['plan?', readQuestion],
  ['plan!', readAnswer],
  ['alive', (): ControlMessage => ({ type: 'alive' })],
  ['bye', ({ reason }: Body): ControlMessage | undefined => (isText(reason) ? { type: 'bye', reason } : undefined)],
]);

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Reads one line; members that a known message does not have are passed over, as unknown messages are. Never throws. */
export function parseControl(line: string): ParsedControl {
  const body = parseJson(line);
  if (!isRecord(body) || !isText(body['type'])) return { malformed: 'not a JSON object with a type' };
  const { type } = body;
  const reader = readers.get(type);
  if (reader === undefined) return { unknown: type };
  const message = reader(body);
  return message === undefined ? { malformed: `a "${type}" message without its members` } : { message };
}
