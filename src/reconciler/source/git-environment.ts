import { readFile, stat } from 'node:fs/promises';
import { FairleadError } from '../../errors.js';
import type { SourceAuth } from '../config.js';
import type { GitUrl } from './git-url.js';

/** Environment of a git process, and the texts in it that no message may hold. */
export interface GitEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** What git works with. */
export interface GitPlace {
  /** Directories of the programs that git may run. */
  readonly path: string;
  /** The repository; absent, git looks for one at the directory it runs in and above. */
  readonly gitDir?: string;
}

/** Below it there is nothing, and nobody can put anything there. */
export const nowhere = '/dev/null';

type Setting = readonly [key: string, value: string];

/** Only the machine's programs: no `.`, nothing that a user put before them. */
export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const largestToken = 16_384;

/** Settings that keep git from running, reading or changing anything but what it is asked to. */
const quietSettings: readonly Setting[] = [
  ['core.hooksPath', nowhere],
  ['core.fsmonitor', 'false'],
  ['credential.helper', ''],
  ['protocol.version', '2'],
  ['http.followRedirects', 'false'],
  ['http.sslVerify', 'true'],
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '30'],
  ['fetch.recurseSubmodules', 'false'],
  // What fetch cleans up afterwards must be over when it ends: the mirror may be removed at any time.
  ['gc.autoDetach', 'false'],
  ['maintenance.autoDetach', 'false'],
  // The mirror is ours even where its directory belongs to another user of the machine, as in a container.
  ['safe.directory', '*'],
];

/** Environment in which git knows no configuration but these settings; they do not show in an argument list. */
function environmentOf(
  { path, gitDir }: GitPlace,
  protocols: string,
  settings: readonly Setting[],
): Readonly<Record<string, string>> {
  const listed = settings.flatMap(([key, value], index): readonly Setting[] => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    PATH: path,
    HOME: nowhere,
    ...(gitDir === undefined ? {} : { GIT_DIR: gitDir }),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: nowhere,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOW_PROTOCOL: protocols,
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries<string>(listed),
  };
}

/** Environment for git commands that look at a local repository only: no protocol is allowed. */
export function localEnvironment(path: string, gitDir?: string): GitEnvironment {
  const place = gitDir === undefined ? { path } : { path, gitDir };
  return { variables: environmentOf(place, 'none', quietSettings), secrets: [] };
}

async function readToken(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > largestToken) throw new RangeError(`it is larger than ${largestToken} bytes`);
    const token = (await readFile(file, 'utf8')).trim();
    if (token === '' || /\s/.test(token)) throw new RangeError('it is empty or holds white space');
    return token;
  } catch (error) {
    throw new FairleadError('source.unreachable', `could not read the token file ${file} of the source`, {
      cause: error,
    });
  }
}

/** A path as ssh reads it in an option: quoted, with its own `%` sequences off. */
function sshPath(path: string): string {
  if (/["'\\\p{Cc}]/u.test(path))
    throw new FairleadError('source.unreachable', `ssh cannot be given the path ${JSON.stringify(path)}`);
  return `"${path.replaceAll('%', '%%')}"`;
}

function sshCommand({ sshKeyFile = '', knownHostsFile = '' }: SourceAuth): string {
  const options = [
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    `IdentityFile=${sshPath(sshKeyFile)}`,
    'PreferredAuthentications=publickey',
    'StrictHostKeyChecking=yes',
    'UpdateHostKeys=no',
    `UserKnownHostsFile=${sshPath(knownHostsFile)}`,
    'GlobalKnownHostsFile=/dev/null',
    'ClearAllForwardings=yes',
    'ConnectTimeout=10',
    'ServerAliveInterval=10',
    'ServerAliveCountMax=3',
  ];
  return ['ssh', '-F', '/dev/null', ...options.map((option) => `-o '${option}'`)].join(' ');
}

/**
 * Environment for git commands that speak to the remote: its protocol and its credentials and nothing else. The token is
 * read anew each time, so that a rotated one is used.
 * @throws FairleadError `source.unreachable` when a credential cannot be read
 */
export async function remoteEnvironment(place: GitPlace, url: GitUrl, auth: SourceAuth): Promise<GitEnvironment> {
  const settings: Setting[] = [...quietSettings];
  const secrets: string[] = [];
  if (auth.caFile !== undefined) settings.push(['http.sslCAInfo', auth.caFile]);
  if (auth.tokenFile !== undefined) {
    const token = await readToken(auth.tokenFile);
    const basic = Buffer.from(`${url.user ?? 'x-access-token'}:${token}`).toString('base64');
    settings.push(['http.extraHeader', `Authorization: Basic ${basic}`]);
    secrets.push(token, basic);
  }
  const ssh = url.protocol === 'ssh' ? { GIT_SSH_COMMAND: sshCommand(auth), GIT_SSH_VARIANT: 'ssh' } : {};
  return { variables: { ...environmentOf(place, url.protocol, settings), ...ssh }, secrets };
}
