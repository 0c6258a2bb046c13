import type { Interruption } from './change.js';
import type { Json } from './json.js';
import type { NodeRole } from './plan.js';

/** The part of JSON Schema 2020-12 that the vocabulary is written in, and its annotations (docs/kinds.md explains them). */
export interface Schema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly examples?: readonly Json[];
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | Schema;
  readonly propertyNames?: Schema;
  readonly maxProperties?: number;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
  readonly 'x-interrupts'?: Interruption;
  readonly 'x-refreshes'?: boolean;
  readonly 'x-secret'?: boolean;
  readonly 'x-rendered'?: boolean;
  readonly 'x-set'?: boolean;
  readonly 'x-key'?: string;
  readonly 'x-ordered'?: boolean;
  readonly 'x-ascending'?: readonly [string, string];
  readonly 'x-references'?: string;
}

/** The schema of a whole kind: a schema that also says how the engine treats the kind. */
export interface KindSchema extends Schema {
  readonly title: string;
  readonly description: string;
  readonly properties: Readonly<Record<'apiVersion' | 'kind' | 'metadata' | 'spec', Schema>>;
  readonly 'x-wave': number;
  readonly 'x-roles': readonly NodeRole[];
  readonly 'x-cardinality': 'one' | 'many';
  readonly 'x-interrupts': Interruption;
  readonly 'x-nodes'?: string;
  readonly 'x-keep-last'?: boolean;
  readonly 'x-fixed-set'?: readonly string[];
  readonly 'x-member-defaults'?: Readonly<Record<string, Json>>;
}
