import fc from 'fast-check';
import type { AnyResource, Kind } from '../../src/model/generated/kinds.js';
import { commonSchema } from '../../src/model/generated/schemas.js';
import { isRecord } from '../../src/model/json.js';
import { allKinds, kindInfo } from '../../src/model/kinds.js';
import type { Schema } from '../../src/model/schema.js';
import { parseResource, validateResource } from '../../src/model/validate.js';

const certificate = commonSchema.$defs?.['certificates']?.examples?.map(String).join('') ?? '';

/** Texts of each format, also in forms that are not canonical. */
const texts: Readonly<Record<string, readonly string[]>> = {
  host: ['cucm-1.example.com', 'CUCM-2.Example.COM', '192.0.2.7', '2001:DB8:0:0::1', '::ffff:192.0.2.9', 'localhost'],
  'hostname-fqdn': ['example.com', 'eu.example.com', 'xn--bcher-kva.example'],
  cidr: ['198.51.100.0/24', '203.0.113.7', '2001:DB8::/32', '2001:db8::1/128', '0.0.0.0/0'],
  cron: ['0 22 * * SAT', '*/5  1 1-7 jan *', '0 0 29 2 0'],
  'time-zone': ['UTC', 'Europe/Berlin', 'America/New_York'],
  'allow-url': ['https://A.example.com', 'http://a.example.com:80/x/%c3%a4', 'https://[2001:DB8::1]:8443/'],
  'https-origin': ['https://edge-1.example.com:9443', 'https://EDGE.example.com:443/'],
  'relative-path': ['bases/emea', 'password'],
  'pem-certificates': [certificate, certificate.replaceAll('\n', '\r\n'), `${certificate}\n\n${certificate}`],
  'date-time': ['2026-01-05T06:00:00Z', '2026-01-05T06:00:00.5+01:00'],
};

function arbitraryText({ format, pattern, minLength = 0, maxLength = 20 }: Schema): fc.Arbitrary<string> {
  if (format !== undefined) return fc.constantFrom(...(texts[format] ?? []));
  if (pattern === undefined)
    return fc.string({ unit: 'grapheme-ascii', minLength, maxLength: Math.min(20, maxLength) });
  return fc.stringMatching(new RegExp(pattern), { size: '-1' }).filter((text) => text.length <= maxLength);
}

function arbitraryArray(schema: Schema): fc.Arbitrary<unknown> {
  const { items = {}, minItems = 0, maxItems = 4 } = schema;
  const key = schema['x-key'];
  const bounds = { minLength: minItems, maxLength: Math.max(minItems, Math.min(4, maxItems)) };
  if (key === undefined && schema.uniqueItems !== true) return fc.array(arbitraryOf(items), bounds);
  const record = (item: unknown): string =>
    JSON.stringify(key !== undefined && isRecord(item) ? item[key] : item).toLowerCase();
  return fc.uniqueArray(arbitraryOf(items), { ...bounds, selector: record });
}

function arbitraryObject({ properties = {}, required = [], oneOf = [] }: Schema): fc.Arbitrary<unknown> {
  const members = Object.entries(properties).filter(([, member]) => member['x-rendered'] !== true);
  const record = (names: readonly string[], all: typeof members): fc.Arbitrary<unknown> =>
    fc.record(Object.fromEntries(all.map(([name, member]) => [name, arbitraryOf(member)])), {
      requiredKeys: all.map(([name]) => name).filter((name) => names.includes(name)),
    });
  if (oneOf.length === 0) return record(required, members);
  return fc.oneof(
    ...oneOf.map((branch) => {
      const own = branch.required ?? [];
      return record(
        own,
        members.filter(([name]) => own.includes(name)),
      );
    }),
  );
}

function arbitraryMap({ propertyNames = {}, additionalProperties }: Schema): fc.Arbitrary<unknown> {
  const names =
    propertyNames.enum === undefined ? fc.string({ minLength: 1, maxLength: 9 }) : arbitraryOf(propertyNames);
  const values = typeof additionalProperties === 'object' ? arbitraryOf(additionalProperties) : fc.constant('');
  return fc.dictionary(names.map(String), values, { maxKeys: 3 });
}

function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer') return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 0 });
  if (schema.type === 'array') return arbitraryArray(schema);
  if (schema.type === 'string') return arbitraryText(schema);
  return schema.properties === undefined ? arbitraryMap(schema) : arbitraryObject(schema);
}

/** Valid documents of a kind as an author may write them: defaults left out here and there, texts not canonical. */
export function arbitraryDocument(kind: Kind): fc.Arbitrary<unknown> {
  return arbitraryOf(kindInfo(kind).schema).filter((document) => validateResource(document).length === 0);
}

/** Normalized resources of any kind. */
export function arbitraryResource(kinds: readonly Kind[] = allKinds): fc.Arbitrary<AnyResource> {
  return fc.oneof(...kinds.map((kind) => arbitraryDocument(kind).map((document) => parseResource(document))));
}
