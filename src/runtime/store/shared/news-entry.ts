import type { Revocation } from '../traffic-store.js';
import { itemsOf } from './reply-items.js';

/** What one core tells the others. */
export type StoreNews =
  | ({ readonly type: 'revoked' } & Revocation)
  | { readonly type: 'granted'; readonly grant: string };

/** An entry of the store's stream. */
export interface NewsEntry {
  readonly id: string;
  /** The run of a core that wrote it. */
  readonly by: string;
  /** Undefined for what this version does not understand. */
  readonly news: StoreNews | undefined;
}

const longestSubject = 128;
const idForm = /^\d+-\d+$/;

/** The fields of an entry, names and values in turn. */
export function newsFields(news: StoreNews, by: string): readonly string[] {
  if (news.type === 'granted') return ['by', by, 'grant', news.grant];
  return ['by', by, 'revoked', news.subject, 'epoch', String(Math.trunc(news.epochMs))];
}

function pairsOf(fields: unknown): ReadonlyMap<string, string> {
  const texts = itemsOf(fields);
  const pairs = new Map<string, string>();
  for (let index = 0; index + 1 < texts.length; index += 2) pairs.set(String(texts[index]), String(texts[index + 1]));
  return pairs;
}

function newsOf(fields: ReadonlyMap<string, string>): StoreNews | undefined {
  const grant = fields.get('grant');
  if (grant !== undefined) return { type: 'granted', grant };
  const subject = fields.get('revoked') ?? '';
  const epochMs = Number(fields.get('epoch'));
  if (subject === '' || subject.length > longestSubject || !Number.isSafeInteger(epochMs) || epochMs < 0)
    return undefined;
  return { type: 'revoked', subject, epochMs };
}

function entryOf(value: unknown): NewsEntry | undefined {
  const [id, fields] = itemsOf(value);
  if (typeof id !== 'string' || !idForm.test(id)) return undefined;
  const pairs = pairsOf(fields);
  return { id, by: pairs.get('by') ?? '', news: newsOf(pairs) };
}

/** The entries of an answer to XREAD of one stream, in their order; undefined when it is no such answer. */
export function readNewsEntries(answer: unknown): readonly NewsEntry[] | undefined {
  if (answer === null) return [];
  const [stream] = itemsOf(answer);
  const [, values] = itemsOf(stream);
  if (!Array.isArray(values)) return undefined;
  const entries = values.map(entryOf);
  const readable = entries.filter((entry) => entry !== undefined);
  return readable.length === entries.length ? readable : undefined;
}
