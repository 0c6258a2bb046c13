import type { Json } from '../../src/model/json.js';
import type { KindSchema, Schema } from '../../src/model/schema.js';
import type { SchemaFiles } from './schema-files.js';

type JsonObject = Readonly<Record<string, Json>>;

function typeName(definition: string): string {
  return definition.charAt(0).toUpperCase() + definition.slice(1);
}

function definitionOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

/** Turns the schemas of the vocabulary into one draft-07 schema that describes resources with their defaults filled in. */
export class Draft07 {
  readonly #definitions = new Map<string, Schema>();

  constructor(private readonly files: SchemaFiles) {
    for (const { $defs = {} } of [files.common, ...files.kinds]) {
      for (const [name, schema] of Object.entries($defs)) this.#define(name, schema);
    }
  }

  /** The schema of any resource; a definition's name is the name of its type. */
  document(): JsonObject {
    const { kinds } = this.files;
    const definitions = [...this.#definitions]
      .filter(([, schema]) => this.#isNamed(schema))
      .map(([name, schema]) => [name, this.#convert(schema, typeName(name))] as const);
    return {
      title: 'AnyResource',
      description: 'Any resource, told apart by its kind.',
      oneOf: kinds.map(({ title }) => ({ $ref: `#/definitions/${title}Resource` })),
      definitions: Object.fromEntries([...definitions, ...kinds.flatMap((kind) => this.#kind(kind))]),
    };
  }

  #define(name: string, schema: Schema): void {
    if (this.#definitions.has(name)) throw new Error(`two schemas define ${name}; each definition names one type`);
    this.#definitions.set(name, schema);
  }

  #kind(schema: KindSchema): readonly (readonly [string, JsonObject])[] {
    const spec = `${schema.title}Spec`;
    const properties = { ...schema.properties, spec: { $ref: `#/$defs/${spec}` } };
    return [
      [`${schema.title}Resource`, this.#convert({ ...schema, properties }, `${schema.title}Resource`)],
      [spec, this.#convert(schema.properties.spec, spec)],
    ];
  }

  /** Objects and enumerations get a type of their own; a scalar is written where it is used. */
  #isNamed(schema: Schema): boolean {
    return schema.type === 'object' ? schema.properties !== undefined : schema.enum !== undefined;
  }

  #convert(schema: Schema, title?: string): JsonObject {
    const { description = '', $ref } = schema;
    if ($ref !== undefined) return this.#reference($ref, description);
    const named = { ...(title === undefined ? {} : { title }), description };
    if (schema.const !== undefined) return { ...named, const: schema.const };
    if (schema.enum !== undefined) return { ...named, type: 'string', enum: schema.enum };
    if (schema.type === 'array') return { ...named, type: 'array', items: this.#convert(schema.items ?? {}) };
    if (schema.type !== 'object') return { ...named, type: schema.type ?? 'string' };
    if (schema.properties === undefined) return { ...named, type: 'object', additionalProperties: this.#rest(schema) };
    const { oneOf } = schema;
    if (oneOf === undefined) return { ...named, ...this.#object(schema) };
    return { ...named, oneOf: oneOf.map((branch) => this.#branch(schema, branch, oneOf)) };
  }

  #reference($ref: string, description: string): JsonObject {
    const name = definitionOf($ref);
    const target = this.#definitions.get(name);
    const isDefined = target === undefined || this.#isNamed(target);
    return isDefined ? { $ref: `#/definitions/${name}` } : this.#convert({ ...target, description });
  }

  /** One alternative of an object: what only the other alternatives have is left out. */
  #branch(schema: Schema, branch: Schema, all: readonly Schema[]): JsonObject {
    const own = branch.required ?? [];
    const others = all.flatMap(({ required = [] }) => required).filter((name) => !own.includes(name));
    const properties = Object.entries(schema.properties ?? {}).filter(([name]) => !others.includes(name));
    const required = [...(schema.required ?? []), ...own];
    return this.#object({ properties: Object.fromEntries(properties), required });
  }

  #object({ properties = {}, required = [] }: Schema): JsonObject {
    const members = Object.entries(properties);
    const filled = members.filter(([, property]) => this.#hasDefault(property)).map(([name]) => name);
    return {
      type: 'object',
      additionalProperties: false,
      required: [...new Set([...required, ...filled])],
      properties: Object.fromEntries(members.map(([name, property]) => [name, this.#convert(property)])),
    };
  }

  #hasDefault({ default: value, $ref }: Schema): boolean {
    if (value !== undefined || $ref === undefined) return value !== undefined;
    return this.#definitions.get(definitionOf($ref))?.default !== undefined;
  }

  #rest({ additionalProperties }: Schema): Json {
    return typeof additionalProperties === 'object' ? this.#convert(additionalProperties) : false;
  }
}
