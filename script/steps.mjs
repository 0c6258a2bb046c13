// Steps shared by the commands of README; plain Node, because they run before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** Programs of Debian's that tests and demo talk to, with the package that brings each. */
const debianPrograms = [
  { path: '/usr/bin/git', package: 'git' },
  { path: '/usr/sbin/sshd', package: 'openssh-server' },
  { path: '/usr/bin/ssh', package: 'openssh-client' },
  { path: '/usr/bin/openssl', package: 'openssl' },
  { path: '/usr/bin/sipp', package: 'sip-tester' },
  { path: '/usr/sbin/kamailio', package: 'kamailio' },
  { path: '/usr/bin/redis-server', package: 'redis-server' },
  { path: '/usr/bin/baresip', package: 'baresip-core' },
  { path: '/usr/bin/rtpengine', package: 'rtpengine-daemon' },
];

function isRoot() {
  return process.getuid?.() === 0;
}

/** Runs a command with its output shown; resolves to its exit code. */
export function show(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** Runs a command quietly; resolves to its exit code and everything it printed. */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.once('error', (error) => resolve({ code: 127, output: String(error) }));
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}

/** Installs exactly what package-lock.json says, unless that is already there. */
export async function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const mark = join(root, 'node_modules', '.fairlead-lock');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return 0;
  console.log('installing npm packages (npm ci)');
  const { code, output } = await capture('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code === 0) writeFileSync(mark, lock);
  else console.error(output);
  return code;
}

/** As root installs the Debian programs that are missing; otherwise returns the packages that are not there. */
export function installDebianPrograms(programs = debianPrograms) {
  const missing = () => programs.filter(({ path }) => !existsSync(path)).map((program) => program.package);
  const wanted = missing();
  if (wanted.length === 0) return [];
  if (!isRoot()) {
    console.log(`not installed, and only root can install: ${wanted.join(' ')}; what needs them is skipped`);
    return wanted;
  }
  console.log(`installing Debian packages: ${wanted.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, encoding: 'utf8', timeout: 600_000 };
  spawnSync('apt-get', ['update', '-q'], options);
  const install = spawnSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...wanted], options);
  if (install.status !== 0) console.error(install.stdout, install.stderr);
  return missing();
}

/** Compiles src to dist. */
export async function build() {
  mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true });
  const { code, output } = await capture('npm', ['run', '--silent', 'build']);
  if (code !== 0) console.error(output);
  return code;
}
