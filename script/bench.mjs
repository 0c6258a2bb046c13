// `npm run bench [name ...]`: set-up, the peers in a folder of their own, then bench/*.bench.ts one after another.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, capture, installDebianPrograms, installPackages, root, show } from './steps.mjs';

/** Programs of Debian's that benchmarks run beside ours, with the package that brings each. */
const peerPrograms = [
  { path: '/usr/sbin/nginx', package: 'nginx-light' },
  { path: '/usr/sbin/kamailio', package: 'kamailio' },
  { path: '/etc/kamailio/tls.cfg', package: 'kamailio-tls-modules' },
  { path: '/usr/bin/turnserver', package: 'coturn' },
];

async function installPeers() {
  const folder = join(root, 'bench', 'peers');
  if (existsSync(join(folder, 'node_modules'))) return 0;
  console.log('installing the peers of the benchmarks');
  const { code, output } = await capture('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  if (code !== 0) console.error(output);
  return code;
}

async function main() {
  for (const step of [installPackages, build, installPeers]) if ((await step()) !== 0) return 1;
  installDebianPrograms(peerPrograms);
  const wanted = process.argv.slice(2);
  const files = readdirSync(join(root, 'bench'))
    .filter((name) => name.endsWith('.bench.ts'))
    .toSorted();
  const chosen = files.filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
  if (chosen.length === 0) {
    console.error(`no benchmark matches; there are: ${files.join(', ')}`);
    return 1;
  }
  for (const name of chosen) {
    const code = await show(process.execPath, ['--import', 'tsx', join('bench', name)]);
    if (code !== 0) return code;
  }
  return 0;
}

process.exitCode = await main();
