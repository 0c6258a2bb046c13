import { stringify } from 'yaml';
import type { KindSchema, Schema } from '../../src/model/schema.js';
import { textFormats } from '../../src/model/text-formats.js';
import { fieldRows, type FieldRow } from './field-rows.js';
import { renderFields } from './field-table.js';
import type { SchemaFiles } from './schema-files.js';

const introduction = `# Kinds

<!-- Generated from schemas/ by \`npm run generate\`. Do not edit. -->

Every document has the same four fields. \`kind\` decides what \`spec\` may hold; an unknown field is an error.

    # yaml-language-server: $schema=https://fairlead.dev/schemas/fairlead.schema.json
    apiVersion: fairlead.dev/v1
    kind: AuthorizationRateControl
    metadata: { name: default }
    spec: { maximumAuthorizationsPerPeriod: 3, ratePeriodSeconds: 300 }

A kind of which no document exists is not managed: what nodes have of it is left alone and shown as unmanaged. As soon as one
exists, the documents of the kind are the whole set, and what a node has beyond them is deleted. The members of a fixed set exist by
themselves: one that is not listed keeps its default.

The column *a change interrupts* says what users feel: \`nothing\`; \`new-sessions\`, when sign-ins, calls or connections that begin may be
refused or go another way while those that exist go on; \`sessions\`, when existing ones may end. *refreshes* means that the UC server
is read again, since the change makes what is known of it stale. A mapping without a default of its own has those of its fields; where
the column *default* is empty otherwise, the field may be absent, and its description says what that means.
`;

const annotations = `## Annotations

The schemas in \`schemas/\` are the source of everything on this page. Beside the words of JSON Schema 2020-12 they use these, which the
engine follows; a new kind needs no change of the engine.

| annotation | on | value | meaning |
|---|---|---|---|
| \`x-wave\` | kind | integer | order of applying, ascending; deletes in descending order |
| \`x-roles\` | kind | set of \`edge\`, \`core\` | the nodes that get it; empty when the reconciler alone reads it |
| \`x-nodes\` | kind | name of a field | of the nodes of these roles, those that this field of the spec names get it |
| \`x-cardinality\` | kind | \`one\`, \`many\` | \`one\`: at most one per cluster, named \`default\` (a Cluster has a name of its own) |
| \`x-interrupts\` | kind, field | \`nothing\`, \`new-sessions\`, \`sessions\` | what a change interrupts; a field inherits from the field around it |
| \`x-fixed-set\` | kind | list of names | the members exist by themselves; none is created or deleted |
| \`x-member-defaults\` | kind | map of name to spec | what a member of a fixed set is when nobody lists it |
| \`x-keep-last\` | kind | \`true\` | deleting the last one is blocked unless SyncPolicy allows it |
| \`x-refreshes\` | field | boolean | a change makes what was read from UC servers stale; a field inherits from the field around it |
| \`x-secret\` | shape | \`true\` | it refers to a secret; what stands in it is never shown |
| \`x-rendered\` | field | \`true\` | the reconciler puts it in; refused in Git |
| \`x-set\` | array | \`true\` | the items have no order and no repetition; kept sorted |
| \`x-key\` | array | name of a property | the items are known by this property, which is unique; kept sorted by it |
| \`x-ordered\` | array | \`true\` | with \`x-key\`: the order has a meaning and is kept |
| \`x-ascending\` | object | two names | the value of the first property, defaults included, is lower than that of the second |
| \`x-references\` | text, array | a kind, or \`node\` | the text, or each item, names a resource of that kind, or a node of the Cluster |
`;

function formatTable(): string {
  const rows = [...textFormats].map(([name, { expectation }]) => `| \`${name}\` | ${expectation} |\n`);
  const head = '## Formats\n\n| format | what is allowed |\n|---|---|\n';
  return `${head}${rows.join('')}| \`date-time\` | an RFC 3339 date and time with its offset, such as 2026-01-05T06:00:00Z |\n`;
}

function factsOf(schema: KindSchema): string {
  const roles = schema['x-roles'];
  const facts = [
    schema['x-cardinality'] === 'one' ? 'one per cluster' : 'many per cluster',
    roles.length === 0 ? 'read by the reconciler alone' : `for ${roles.join(' and ')} nodes`,
    `wave ${schema['x-wave']}`,
    `interrupts ${schema['x-interrupts']}`,
    ...(schema['x-fixed-set'] === undefined ? [] : ['a fixed set']),
    ...(schema['x-keep-last'] === true ? ['the last one is kept'] : []),
  ];
  return `*${facts.join(' · ')}*`;
}

function exampleOf(example: unknown): string {
  return `\`\`\`yaml\n${stringify(example, { lineWidth: 100 })}\`\`\`\n`;
}

function kindSection(schema: KindSchema, common: Schema): string {
  const effects = { interrupts: schema['x-interrupts'], refreshes: false };
  const isManual = ({ path }: FieldRow): boolean => path === 'metadata.name' || path.startsWith('spec.');
  const rows = [...fieldRows({ schema, file: schema, common }, { ...effects, path: '' })].filter(isManual);
  const table = renderFields(rows, true);
  const examples = (schema.examples ?? []).map(exampleOf).join('\n');
  return `## ${schema.title}\n\n${schema.description}\n\n${factsOf(schema)}\n\n${table}\n${examples}`;
}

function shapeSection(name: string, schema: Schema, common: Schema): string {
  const place = { schema, file: common, common };
  const table = renderFields(fieldRows(place, { path: '', interrupts: '', refreshes: false }), false);
  return `### ${name}\n\n${schema.description ?? ''}\n\n${table}`;
}

/** The manual of every kind and field. */
export function renderKindsPage({ common, kinds }: SchemaFiles): string {
  const contents = kinds.map(({ title }) => `[${title}](#${title.toLowerCase()})`).join(' · ');
  const shapes = Object.entries(common.$defs ?? {}).filter(([, { properties }]) => properties !== undefined);
  return [
    introduction,
    `${contents} · [Shared shapes](#shared-shapes) · [Formats](#formats) · [Annotations](#annotations)\n`,
    ...kinds.map((schema) => kindSection(schema, common)),
    '## Shared shapes\n',
    ...shapes.map(([name, schema]) => shapeSection(name, schema, common)),
    formatTable(),
    annotations,
  ].join('\n');
}
