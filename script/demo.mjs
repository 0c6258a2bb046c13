// `npm run demo`: set-up, then the story of the demo (src/cli, `fairlead demo`).
import { build, installPackages, root, show } from './steps.mjs';

async function main() {
  if ((await installPackages()) !== 0) return 1;
  if ((await build()) !== 0) return 1;
  return show(process.execPath, [`${root}/dist/cli/main.js`, 'demo', ...process.argv.slice(2)], {
    stdio: 'inherit',
    cwd: process.cwd(),
  });
}

process.exitCode = await main();
