// `npm test`: set-up, then every check of the project; the exit code is 0 only when all of them passed.
import { build, capture, installDebianPrograms, installPackages, show } from './steps.mjs';

const only = process.argv.slice(2);

async function timed(name, run) {
  const start = performance.now();
  const { code, output } = await run();
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  if (code !== 0 && output !== undefined) console.error(output);
  return code === 0;
}

const npmScript = (name) => timed(name, () => capture('npm', ['run', '--silent', name]));

async function staticChecks() {
  const lint = npmScript('lint');
  const others = [];
  for (const name of ['format:check', 'typecheck', 'generate:check', 'knip']) others.push(await npmScript(name));
  return [...others, await lint].every(Boolean);
}

async function main() {
  if ((await installPackages()) !== 0) return false;
  const missing = installDebianPrograms();
  if (missing.length > 0 && process.getuid?.() === 0) {
    console.error(`could not install: ${missing.join(' ')}`);
    return false;
  }
  if (!(await timed('build', async () => ({ code: await build() })))) return false;
  const checked = only.length > 0 || (await staticChecks());
  const tested = await timed('tests', async () => ({
    code: await show(process.execPath, ['--import', 'tsx', 'script/test.ts', ...only]),
  }));
  if (missing.length > 0) console.log(`skipped for want of: ${missing.join(' ')}`);
  return checked && tested;
}

process.exitCode = (await main()) ? 0 : 1;
