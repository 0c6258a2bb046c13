/** A header field as it stood on the wire, unfolded; compact names are written out. */
export interface SipField {
  readonly name: string;
  readonly value: string;
}

export interface SipRequest {
  readonly type: 'request';
  readonly method: string;
  readonly uri: string;
  readonly fields: readonly SipField[];
  readonly body: string;
}

export interface SipResponse {
  readonly type: 'response';
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly SipField[];
  readonly body: string;
}

export type SipMessage = SipRequest | SipResponse;

const openers = new Map([
  ['"', '"'],
  ['<', '>'],
]);

/** Splits a list at its top-level commas: not those in quotes, nor those in angle brackets. */
function splitList(text: string): readonly string[] {
  const parts: string[] = [];
  let closer: string | undefined;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (closer === '"' && character === '\\') at += 1;
    else if (closer !== undefined) closer = character === closer ? undefined : closer;
    else if (character === ',') {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    } else closer = openers.get(character);
  }
  return [...parts, text.slice(from).trim()].filter((part) => part !== '');
}

/** Value of the first field of a name, whose case does not matter. */
export function fieldOf(message: SipMessage, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return message.fields.find((field) => field.name.toLowerCase() === wanted)?.value;
}

/** Values of a list header over all its lines, such as Via, Route or Contact. */
export function listOf(message: SipMessage, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return message.fields.flatMap((field) => (field.name.toLowerCase() === wanted ? splitList(field.value) : []));
}

/** The fields of a name as they are, for copying. */
export function fieldsNamed(message: SipMessage, ...names: readonly string[]): readonly SipField[] {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return message.fields.filter(({ name }) => wanted.has(name.toLowerCase()));
}

/** Call-ID, or nothing when there is none. */
export function callIdOf(message: SipMessage): string {
  return fieldOf(message, 'Call-ID') ?? '';
}

/** Number and method of the CSeq; -1 and nothing when it is not one. */
export function cseqOf(message: SipMessage): { readonly number: number; readonly method: string } {
  const [, number = '-1', method = ''] = /^(\d{1,10})[ \t]+(\S+)$/.exec(fieldOf(message, 'CSeq') ?? '') ?? [];
  return { number: Number(number), method };
}
