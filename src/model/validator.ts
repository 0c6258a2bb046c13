import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Kind } from './generated/kinds.js';
import { annotationKeywords, checkedKeywords } from './keywords.js';
import { kindInfo } from './kinds.js';
import { textFormats } from './text-formats.js';

/** A validator that knows our formats and annotations, and refuses schemas with a keyword it does not know. */
export function newAjv(): Ajv2020 {
  // Tests hold our schemas to their meta-schema; compiling that takes as long as checking a thousand resources.
  const meta = { validateSchema: false } as const;
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, verbose: true, ...meta });
  addFormats.default(ajv, ['date-time']);
  for (const [name, format] of textFormats) {
    ajv.addFormat(name, (text) => format.complaint(text) === undefined);
  }
  ajv.addVocabulary([...annotationKeywords]);
  for (const keyword of checkedKeywords) ajv.addKeyword(keyword);
  return ajv;
}

const validators = new Map<Kind, ValidateFunction>();
let ajv: Ajv2020 | undefined;

function validatorOf(kind: Kind): ValidateFunction {
  const known = validators.get(kind);
  if (known !== undefined) return known;
  ajv ??= newAjv();
  const validator = ajv.compile(kindInfo(kind).schema);
  validators.set(kind, validator);
  return validator;
}

/** All that the schema of a kind has against a value; compiled at the first use of the kind. */
export function schemaErrors(kind: Kind, value: unknown): readonly ErrorObject[] {
  const validate = validatorOf(kind);
  return validate(value) ? [] : (validate.errors ?? []);
}
