import type { ErrorObject } from 'ajv';
import { FairleadError } from '../errors.js';
import type { AnyResource, Kind } from './generated/kinds.js';
import { isRecord } from './json.js';
import { allKinds, fieldTraits, isKind } from './kinds.js';
import { nearest } from './nearest.js';
import { normalize, type AuthoredResource } from './normalize.js';
import { problemDefinitions } from './problem-codes.js';
import { renderedPointers } from './rendered-fields.js';
import type { Schema } from './schema.js';
import { explanations } from './schema-fault.js';
import type { SchemaProblem } from './schema-problem.js';
import { schemaErrors } from './validator.js';
import { fieldPath, listed, shown, sortOf } from './value-text.js';

/** Where a document comes from: what the reconciler puts into a rendered one is refused in a repository. */
export type Origin = 'repository' | 'rendered';

/** What the check of a document gives: the normalized resource, or what is wrong with the document. */
export type CheckedResource =
  | { readonly resource: AnyResource; readonly problems: readonly [] }
  | { readonly resource: undefined; readonly problems: readonly SchemaProblem[] };

const problemsPerResource = 50;
/** Echoes included. */
const errorsPerResource = 500;
const combinations = new Set(['oneOf', 'anyOf', 'propertyNames']);
/** What is written wrongly there may be a private key. */
const guardedFormat = 'pem-certificates';

function plainProblem(problem: Omit<SchemaProblem, 'mend'>, mend?: string): SchemaProblem {
  return { ...problem, mend: mend ?? problemDefinitions[problem.code].mend };
}

function wrongSort(pointer: string, name: string, value: unknown, allowed: string): SchemaProblem {
  const found = sortOf(value);
  const message = `${name} is ${found}; it must be ${allowed}`;
  return plainProblem({ code: 'schema.type', pointer, at: 'value', keyword: 'type', message, found, allowed });
}

/** What keeps a value from being looked at as a resource of its kind. */
function kindProblem(value: unknown): SchemaProblem {
  if (!isRecord(value)) return wrongSort('', 'the document', value, 'a mapping');
  const kind = value['kind'];
  const allowed = listed(allKinds, 'or');
  if (kind === undefined) {
    const [pointer, at, keyword, message] = ['', 'key', 'required', 'kind is missing'] as const;
    return plainProblem(
      { code: 'schema.missing-field', pointer, at, keyword, message, found: '', allowed },
      'Add kind.',
    );
  }
  if (typeof kind !== 'string') return wrongSort('/kind', 'kind', kind, 'text');
  const meant = nearest(kind, allKinds);
  const found = shown(kind);
  const message = `there is no kind ${found}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  const [pointer, at, keyword] = ['/kind', 'value', 'enum'] as const;
  const problem = { code: 'schema.unknown-kind', pointer, at, keyword, message, found, allowed } as const;
  return plainProblem(problem, meant === undefined ? undefined : `Write ${meant}.`);
}

/** Tells an error of the validator in words; `isSecret` keeps the value out of them. Undefined for one that another error tells better. */
function problemOf(error: ErrorObject, isSecret: boolean): SchemaProblem | undefined {
  const explain = explanations.get(error.keyword);
  if (explain === undefined) return undefined;
  const schema: Schema = error.parentSchema ?? {};
  const found = isSecret || schema.format === guardedFormat ? 'a value that is not shown' : shown(error.data);
  const { keyword, instancePath: pointer, data: value, params } = error;
  const explanation = explain({ keyword, pointer, value, schema, params, found });
  const { mend } = problemDefinitions[explanation.code];
  return { pointer, at: 'value', keyword, found, mend, ...explanation };
}

/** Whether another error says better what this one says: of a combination, of the names of a map, or of the type. */
function isEcho(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  return errors.some((other) => {
    if (other === error) return false;
    if (other.keyword === 'type') return other.instancePath === error.instancePath;
    return combinations.has(other.keyword) && error.schemaPath.startsWith(`${other.schemaPath}/`);
  });
}

function schemaProblems(kind: Kind, value: unknown): readonly SchemaProblem[] {
  const errors = schemaErrors(kind, value).slice(0, errorsPerResource);
  return errors
    .filter((error) => !isEcho(error, errors))
    .slice(0, problemsPerResource)
    .flatMap((error) => problemOf(error, fieldTraits(kind, error.instancePath).secret) ?? []);
}

function renderedProblem(pointer: string): SchemaProblem {
  const message = `${fieldPath(pointer)} stands in the repository; only the reconciler puts it in`;
  const [keyword, at] = ['x-rendered', 'key'] as const;
  return plainProblem({ code: 'resource.fingerprint', pointer, at, keyword, message, found: '', allowed: '' });
}

function isOfKind(value: unknown): value is { readonly kind: Kind } {
  return isRecord(value) && typeof value['kind'] === 'string' && isKind(value['kind']);
}

/** Everything that is wrong with a document by the schema of its kind, at most 50 problems; none when it is valid. */
export function validateResource(value: unknown, origin: Origin = 'repository'): readonly SchemaProblem[] {
  if (!isOfKind(value)) return [kindProblem(value)];
  const problems = schemaProblems(value.kind, value);
  return origin === 'rendered' ? problems : [...problems, ...renderedPointers(value.kind, value).map(renderedProblem)];
}

function isAuthored(value: unknown): value is AuthoredResource {
  return isOfKind(value) && 'metadata' in value && 'spec' in value && isRecord(value.metadata) && isRecord(value.spec);
}

/** Validates and normalizes in one go: a resource exactly when there is no problem. */
export function checkResource(value: unknown, origin: Origin = 'repository'): CheckedResource {
  const problems = validateResource(value, origin);
  if (problems.length > 0 || !isAuthored(value)) return { resource: undefined, problems };
  return { resource: normalize(value), problems: [] };
}

/**
 * Gives a valid document as a normalized resource.
 * @throws FairleadError `resource.invalid` with a detail per problem, placed by JSON pointer.
 */
export function parseResource(value: unknown, origin: Origin = 'repository'): AnyResource {
  const { resource, problems } = checkResource(value, origin);
  if (resource !== undefined) return resource;
  const details = problems.map(({ pointer, message }) => ({ place: pointer, message }));
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : '';
  throw new FairleadError('resource.invalid', `${problems[0]?.message ?? 'not a resource'}${more}`, { details });
}
