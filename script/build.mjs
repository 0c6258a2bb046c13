// `npm run build`: compiles src into dist, and removes what no source makes any more.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capture, root } from './steps.mjs';

const source = join(root, 'src');
const output = join(root, 'dist');
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const memory = join(root, 'node_modules', '.cache', 'tsc.build.tsbuildinfo');

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** The files that the compiler writes for each source. */
function madeOf(name) {
  const stem = name.replace(/\.ts$/, '');
  return ['.js', '.js.map', '.d.ts'].map((ending) => stem + ending);
}

const expected = new Set(filesBelow(source).flatMap(madeOf));
const found = filesBelow(output);
// The compiler remembers what it wrote, and would not write again what was removed since.
if ([...expected].some((name) => !existsSync(join(output, name)))) rmSync(memory, { force: true });

const { code, output: said } = await capture(process.execPath, [compiler, '-p', 'tsconfig.build.json']);
if (code !== 0) console.error(said);
for (const name of found) if (!expected.has(name)) rmSync(join(output, name));
process.exitCode = code;
