import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Schema } from './schema.js';
import { explanations } from './schema-fault.js';
import { newAjv } from './validator.js';
import { fieldPath, shown } from './value-text.js';

/** One thing that a schema has against a value; `message` shows nothing that stands below a secret pointer. */
export interface ValueFault {
  /** JSON pointer of the field that is wrong; of the field around it when one is missing. */
  readonly pointer: string;
  /** Whether the name of the field is wrong (or what is missing below it), or its value. */
  readonly at: 'key' | 'value';
  readonly message: string;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly ValueFault[] };

/** Tells whether a value is what a schema says, or everything that is wrong with it (at most 50 faults). */
export type SchemaCheck<T> = (value: unknown) => Checked<T>;

/** A schema as it is read from `schemas/`. */
export interface IdentifiedSchema {
  readonly $id: string;
}

const mostFaults = 50;

function faultOf(error: ErrorObject, secretPointers: readonly string[]): readonly ValueFault[] {
  const { keyword, instancePath: pointer, data: value, params } = error;
  if (secretPointers.some((secret) => pointer.startsWith(secret))) {
    return [{ pointer: '', at: 'value', message: `something in ${fieldPath(pointer)} is not what is allowed there` }];
  }
  const explain = explanations.get(keyword);
  if (explain === undefined) return [];
  const schema: Schema = error.parentSchema ?? {};
  const explanation = explain({ keyword, pointer, value, schema, params, found: shown(value) });
  return [{ pointer: explanation.pointer ?? pointer, at: explanation.at ?? 'value', message: explanation.message }];
}

/**
 * Makes checks for schemas that may refer to one another by `$id`, each compiled at its first use; strict, without coercion, filling in
 * nothing.
 * What stands below `secretPointers` is never shown in a fault.
 */
export function newSchemaChecks(
  schemas: readonly IdentifiedSchema[],
  secretPointers: readonly string[] = [],
): <T>(id: string) => SchemaCheck<T> {
  const ajv = newAjv();
  for (const schema of schemas) ajv.addSchema(schema);
  return <T>(id: string): SchemaCheck<T> => {
    let compiled: ValidateFunction<T> | undefined;
    return (value) => {
      compiled ??= ajv.compile<T>({ $ref: id });
      const validate = compiled;
      if (validate(value)) return { ok: true, value };
      const faults = (validate.errors ?? []).slice(0, mostFaults).flatMap((error) => faultOf(error, secretPointers));
      return { ok: false, faults };
    };
  };
}
