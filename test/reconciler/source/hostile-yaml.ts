/** Numbers that are the same in every run: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to, not including, `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

const documents = [
  'apiVersion: fairlead.dev/v1\nkind: Domain\nmetadata: { name: example.com }\nspec: { sip: true }\n',
  'apiVersion: fairlead.dev/v1\nkind: AllowRule\nmetadata:\n  name: photos\nspec:\n  url: https://photos.example.com/\n  methods: [GET, HEAD]\n  match: prefix\n',
  'apiVersion: fairlead.dev/v1\nkind: UnifiedCM\nmetadata: { name: main }\nspec:\n  publisher: cucm.example.com\n  credentials: { username: reader, passwordRef: { file: cm } }\n',
  'apiVersion: fairlead.dev/v1\nkind: Exemption\nmetadata: { name: office }\nspec:\n  range: 198.51.100.0/24\n  categories: [sip-auth]\n',
  'apiVersion: fairlead.dev/v1\nkind: Maintenance\nmetadata: { name: night }\nspec:\n  nodes: [edge-1]\n  window: { cron: "0 1 * * SUN", durationMinutes: 60 }\n',
];

const pieces = [
  ': ',
  '- ',
  '? ',
  '\n',
  '\r\n',
  '\t',
  '  ',
  '---\n',
  '...\n',
  '#',
  '&a ',
  '*a',
  '<<: *a\n',
  '<<: ',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  "'",
  '|\n',
  '>-\n',
  '!x ',
  '!!binary ',
  '%YAML 1.1\n',
  '~',
  'null',
  'true',
  '.inf',
  '1e999',
  '0x',
  '99999999999999999999',
  '\u{1f600}',
  '\u0000',
  '\u001b[2J',
  '\ufeff',
  '\u2028',
  '\ud800',
  'spec',
  'kind: Cluster\n',
  'name: emea',
  'bases: [bases/common]',
  '__proto__: { a: 1 }\n',
  'constructor: 1\n',
  'name: name',
  'sip: false\n',
  '/',
  '~1',
  '..',
] as const;

const lines = [
  '<<: 5',
  '<<: [*a, { b: 1 }]',
  'x: &a { y: 1 }',
  'x: *a',
  'x: *nowhere',
  'x: &r [*r]',
  'name: twice',
  'sip: false',
  'match: exact',
  'match: exact',
  'x: !tag 1',
  '? [1]',
  '1: one',
  'x: .nan',
  'range: 10.0.0.0/8',
  'x: "\u{1f600}", y: *a',
  '"\u{1f600}": *a',
  '- item',
  'x: |',
  '---',
] as const;

/** Adds a line with the indentation of the one before it, where it can mean something. */
function addLine(text: string, random: Random): string {
  const all = text.split('\n');
  const at = random.below(all.length);
  const indentation = /^ */.exec(all[at] ?? '')?.[0] ?? '';
  return all.toSpliced(at, 0, `${indentation}${random.pick(lines)}`).join('\n');
}

function splice(text: string, at: number, removed: number, added: string): string {
  return `${text.slice(0, at)}${added}${text.slice(at + removed)}`;
}

function mutate(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  switch (random.below(8)) {
    case 0:
      return splice(text, at, 0, random.pick(pieces));
    case 1:
      return splice(text, at, random.below(8), '');
    case 2:
      return splice(text, at, 0, random.pick(pieces).repeat(1 + random.below(40)));
    case 3:
      return splice(text, at, 0, text.slice(random.below(text.length + 1)).slice(0, 40));
    case 4:
    case 5:
    case 6:
      return addLine(text, random);
    default:
      return splice(text, at, 1, String.fromCharCode(random.below(0x180)));
  }
}

/** A text that began as documents of ours and was bent: rarely valid, seldom far from it. */
function hostileText(random: Random): string {
  let text = Array.from({ length: 1 + random.below(3) }, () => random.pick(documents)).join('---\n');
  for (let step = random.below(6); step > 0; step -= 1) text = mutate(text, random);
  return text;
}

/** The bytes of a text, a few of them wrong now and then. */
export function hostileBytes(random: Random): Buffer {
  const bytes = Buffer.from(hostileText(random));
  if (random.below(10) === 0 && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}
