import { isRecord } from '../../model/json.js';
import { type Laggard, mostLaggards, mostOrder, type StandingWord } from '../link-port.js';

/** The version of what is said over a link; ends that differ refuse each other. */
export const linkProtocol = 1;

/** First word of both ends; what another protocol version says beyond its number is not looked at. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  readonly node: string;
  /** Of the software, for people. */
  readonly version: string;
  readonly standing: StandingWord;
}

/** What of the hello's standing is true from now on. */
export interface StandingNews {
  readonly type: 'standing';
  readonly standing: StandingWord;
}

export interface PlanQuestion {
  readonly type: 'plan?';
  readonly id: number;
  readonly planId: string;
  /** Of the run that is meant. */
  readonly order?: number;
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
  | StandingNews
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

const unknownStanding: StandingWord = { settledOrder: 0, laggards: [] };
const longestTextCharacters = 256;
const mostHops = 3;

type Body = Readonly<Record<string, unknown>>;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestTextCharacters;
}

function isCount(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

function isLaggard(value: unknown): value is Laggard {
  return isRecord(value) && isText(value['node']) && isText(value['planId']) && isCount(value['order'], mostOrder);
}

function standingOf(value: unknown): StandingWord | undefined {
  if (!isRecord(value) || !isCount(value['settledOrder'], mostOrder)) return undefined;
  const { settledOrder, laggards, isDraining } = value;
  if (isDraining !== undefined && typeof isDraining !== 'boolean') return undefined;
  const list: readonly unknown[] = Array.isArray(laggards) ? laggards : [undefined];
  if (list.length > mostLaggards || !list.every(isLaggard)) return undefined;
  return {
    settledOrder,
    laggards: list.map(({ node, order, planId }) => ({ node, order, planId })),
    ...(isDraining === true && { isDraining }),
  };
}

function readStanding(body: Body): ControlMessage | undefined {
  const standing = standingOf(body['standing']);
  return standing && { type: 'standing', standing };
}

function readHello({ protocol, node, version, standing }: Body): ControlMessage | undefined {
  if (!isCount(protocol, Number.MAX_SAFE_INTEGER)) return undefined;
  if (protocol !== linkProtocol) return { type: 'hello', protocol, node: '', version: '', standing: unknownStanding };
  const read = standingOf(standing);
  return isText(node) && isText(version) && read
    ? { type: 'hello', protocol, node, version, standing: read }
    : undefined;
}

function readQuestion({ id, planId, order, hops }: Body): ControlMessage | undefined {
  if (!isCount(id, Number.MAX_SAFE_INTEGER) || !isText(planId) || !isCount(hops, mostHops)) return undefined;
  if (order === undefined) return { type: 'plan?', id, planId, hops };
  return isCount(order, mostOrder) ? { type: 'plan?', id, planId, order, hops } : undefined;
}

function readAnswer({ id, confirmed }: Body): ControlMessage | undefined {
  if (!isCount(id, Number.MAX_SAFE_INTEGER) || typeof confirmed !== 'boolean') return undefined;
  return { type: 'plan!', id, confirmed };
}

const readers: ReadonlyMap<string, (body: Body) => ControlMessage | undefined> = new Map([
  ['hello', readHello],
  ['standing', readStanding],
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
