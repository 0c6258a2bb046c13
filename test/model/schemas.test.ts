import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KindSchema, Schema } from '../../src/model/schema.js';
import { isRecord } from '../../src/model/json.js';
import { allKinds } from '../../src/model/kinds.js';
import { newAjv } from '../../src/model/validator.js';
import { validateResource } from '../../src/model/validate.js';
import { readSchemas } from '../../script/generate/schema-files.js';

const folder = join(import.meta.dirname, '../../schemas');
const { common, kinds } = readSchemas(folder);
const union: unknown = JSON.parse(readFileSync(join(folder, 'fairlead.schema.json'), 'utf8'));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

function isSchema(value: unknown): value is Schema {
  return isRecord(value);
}

/** Every schema inside of a JSON value, with the place it stands at; what stands in examples and defaults is none. */
function* schemasIn(value: unknown, place: string): Generator<readonly [string, Schema]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* schemasIn(item, `${place}/${index}`);
  } else if (isSchema(value)) {
    yield [place, value];
    for (const [name, member] of Object.entries(value)) {
      if (name !== 'examples' && name !== 'default') yield* schemasIn(member, `${place}/${name}`);
    }
  }
}

/** Branches of a combination only add to the schema around them. */
function isBranch(place: string): boolean {
  return /\/(anyOf|oneOf|if|then)(\/|$)/.test(place);
}

function* manualSchemas(): Generator<readonly [string, Schema]> {
  for (const schema of [common, ...kinds]) yield* schemasIn(schema, schema.title ?? '');
}

function target({ $ref }: Schema, schema: KindSchema | Schema): Schema {
  const name = $ref?.slice($ref.lastIndexOf('/') + 1) ?? '';
  return schema.$defs?.[name] ?? common.$defs?.[name] ?? {};
}

function newLoadedAjv(): ReturnType<typeof newAjv> {
  const ajv = newAjv();
  for (const schema of [common, ...kinds]) ajv.addSchema(schema);
  return ajv;
}

test('every schema is of the dialect 2020-12 and names itself after its file', () => {
  assert.ok(files.length > 18);
  for (const file of files) {
    const schema: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    assert.ok(isRecord(schema));
    assert.equal(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema', file);
    assert.equal(schema['$id'], `https://fairlead.dev/schemas/${file.replaceAll('\\', '/')}`);
  }
});

test('every schema is valid by its dialect', () => {
  const ajv = newAjv();
  for (const file of files) {
    const schema: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    assert.ok(isRecord(schema) && ajv.validateSchema(schema) === true, file);
  }
});

test('every kind has a file, named after it', () => {
  const names = allKinds.map((kind) => kind.replace(/([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3-$2$4').toLowerCase());
  const found = files.filter((name) => name.startsWith('kinds')).map((name) => name.slice(6, -'.schema.json'.length));
  assert.deepEqual(found.toSorted(), names.toSorted());
});

test('every schema of a kind compiles strictly as it stands', () => {
  const ajv = newLoadedAjv();
  for (const { $id = '' } of kinds) assert.ok(ajv.getSchema($id) !== undefined);
});

test('every definition has a title, a description, and examples that it accepts', () => {
  const ajv = newLoadedAjv();
  for (const { $id = '', $defs = {} } of [common, ...kinds]) {
    for (const [name, { title, description, examples = [] }] of Object.entries($defs)) {
      const place = `${$id}#/$defs/${name}`;
      assert.ok(title !== undefined && description !== undefined, place);
      if (name !== 'apiVersion') assert.ok(examples.length > 0, `${place} has no example`);
      const validate = ajv.compile({ $ref: place });
      for (const example of examples) assert.ok(validate(example), `${place}: ${JSON.stringify(validate.errors)}`);
    }
  }
});

test('every kind has examples, and they are valid', () => {
  for (const { title, examples = [] } of kinds) {
    assert.ok(examples.length > 0, title);
    for (const example of examples) assert.deepEqual(validateResource(example), []);
  }
});

test('every field is described, and one that may be absent without a default says what that means', () => {
  for (const schema of [common, ...kinds]) {
    for (const [place, { properties = {}, required = [] }] of schemasIn(schema, schema.title ?? '')) {
      if (!Array.isArray(required) || isBranch(place)) continue;
      for (const [name, property] of Object.entries(properties)) {
        const { description, default: value } = { ...target(property, schema), ...property };
        assert.ok(description !== undefined && description.length > 8, `${place}.${name}`);
        const isSure = required.includes(name) || value !== undefined;
        assert.ok(isSure || description.includes('Absent'), `${place}.${name} does not say what its absence means`);
      }
    }
  }
});

test('every number has a range, every text and list a longest length, and every object is closed', () => {
  for (const [place, schema] of manualSchemas()) {
    if (isBranch(place)) continue;
    const { type, minimum, maximum, maxLength, maxItems, additionalProperties } = schema;
    if (type === 'integer') assert.ok(minimum !== undefined && maximum !== undefined, place);
    if (type === 'string') assert.ok(maxLength !== undefined, place);
    if (type === 'array') assert.ok(maxItems !== undefined, place);
    if (type === 'object') assert.ok(additionalProperties !== undefined, place);
  }
});

test('every pattern is anchored, has a longest length beside it and repeats nothing that repeats', () => {
  for (const file of files) {
    for (const [place, { pattern, maxLength }] of schemasIn(
      JSON.parse(readFileSync(join(folder, file), 'utf8')),
      file,
    )) {
      if (typeof pattern !== 'string') continue;
      assert.ok(typeof maxLength === 'number', `${place} has a pattern without maxLength`);
      assert.match(pattern, /^\^.*\$$/, place);
      assert.doesNotMatch(pattern, /[+*}]\)[+*{]/, place);
    }
  }
});

test('beside a reference stand annotations only, since they are all that is merged into what it names', () => {
  const allowed = /^(\$ref|description|default|examples|x-[a-z-]+)$/;
  for (const [place, schema] of manualSchemas()) {
    if (schema.$ref === undefined) continue;
    for (const keyword of Object.keys(schema)) assert.match(keyword, allowed, place);
  }
});

test('the members of a fixed set are those that others may name', () => {
  const category = kinds.find(({ title }) => title === 'ProtectionCategory');
  assert.deepEqual(category?.['x-fixed-set'], common.$defs?.['protectionCategoryName']?.enum);
  assert.deepEqual(Object.keys(category?.['x-member-defaults'] ?? {}), category?.['x-fixed-set']);
});

test('drift can be treated by kind for every kind that nodes get', () => {
  const policy = kinds.find(({ title }) => title === 'SyncPolicy');
  const names = policy?.$defs?.['driftPolicy']?.properties?.['kinds']?.propertyNames?.enum ?? [];
  const got = kinds.filter((schema) => schema['x-roles'].length > 0).map(({ title }) => title);
  assert.deepEqual(names.toSorted(), got.toSorted());
});

test('the schema for editors knows every kind and tells what is wrong in the words of that kind', () => {
  assert.ok(isRecord(union));
  const validate = newLoadedAjv().compile(union);
  for (const { title, examples = [] } of kinds) {
    for (const example of examples) assert.ok(validate(example), `${title}: ${JSON.stringify(validate.errors)}`);
  }
  const wrong = { apiVersion: 'fairlead.dev/v1', kind: 'Domain', metadata: { name: 'example.com' }, spec: { sip: 1 } };
  assert.equal(validate(wrong), false);
  const places = (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map(({ instancePath }) => instancePath);
  assert.deepEqual(places, ['/spec/sip'], 'the schemas of other kinds have nothing to say');
  assert.equal(validate({ ...wrong, kind: 'Domian' }), false);
});
