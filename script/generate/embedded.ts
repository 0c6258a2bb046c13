import type { SchemaFiles } from './schema-files.js';

/** The schemas as a module, so that nothing is read from disk at run time. */
export function renderEmbedded({ common, kinds }: SchemaFiles, banner: string): string {
  const members = kinds.map((schema) => `${schema.title}: ${JSON.stringify(schema, null, 2)},\n`);
  return `${banner}
import type { KindSchema, Schema } from '../schema.js';
import type { Kind } from './kinds.js';

export const commonSchema: Schema = ${JSON.stringify(common, null, 2)};

export const kindSchemas: Readonly<Record<Kind, KindSchema>> = {
${members.join('')}};
`;
}
