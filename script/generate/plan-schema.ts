import { readFileSync } from 'node:fs';

/** The schema of plans as a module, so that nothing is read from disk at run time. */
export function renderPlanSchema(path: string, banner: string): string {
  const schema: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return `${banner}\nexport const planSchema = ${JSON.stringify(schema, null, 2)};\n`;
}
