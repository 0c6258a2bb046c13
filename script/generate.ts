// Writes everything that is generated from schemas/, examples/ and src/errors.ts; with --check names what is stale instead.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderConfigurationPage } from './generate/configuration-page.js';
import { renderEmbedded } from './generate/embedded.js';
import { renderErrorsPage } from './generate/errors-page.js';
import { renderKindsPage } from './generate/kinds-page.js';
import { renderPlanSchema } from './generate/plan-schema.js';
import { readBootstrapSchemas, readSchemas } from './generate/schema-files.js';
import { renderTypes } from './generate/types.js';

const root = join(import.meta.dirname, '..');
const banner = '// Generated from schemas/ by `npm run generate`. Do not edit.';

function readExample(name: string): string {
  return readFileSync(join(root, 'examples', 'bootstrap', name), 'utf8');
}

async function renderAll(): Promise<ReadonlyMap<string, string>> {
  const schemas = readSchemas(join(root, 'schemas'));
  return new Map([
    ['src/model/generated/kinds.ts', await renderTypes(schemas, banner)],
    ['src/model/generated/schemas.ts', renderEmbedded(schemas, banner)],
    ['src/model/generated/plan-schema.ts', renderPlanSchema(join(root, 'schemas', 'plan.schema.json'), banner)],
    ['docs/kinds.md', renderKindsPage(schemas)],
    ['docs/configuration.md', renderConfigurationPage(readBootstrapSchemas(join(root, 'schemas')), readExample)],
    ['docs/errors.md', renderErrorsPage()],
  ]);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

const rendered = await renderAll();
const stale = [...rendered].filter(([path, content]) => readIfThere(join(root, path)) !== content);
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is stale; run \`npm run generate\``);
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const [path, content] of stale) write(join(root, path), content);
  console.log(`${rendered.size} generated files, ${stale.length} written`);
}
