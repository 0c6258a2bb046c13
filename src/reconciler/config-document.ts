import { isIPv4 } from 'node:net';
import type { ValueFault } from '../model/schema-check.js';
import type { LogLevel } from '../platform/log.js';
import { parseGitRef, parseTreePath } from './source/git-ref.js';
import { type GitProtocol, parseGitUrl } from './source/git-url.js';

/** Optional paths by name. */
export type PathsOf<Name extends string> = { readonly [name in Name]?: string };

/** `fairlead.yaml` as its author wrote it, valid by its schema. */
export interface ConfigDocument {
  readonly source: {
    readonly url: string;
    readonly ref?: string;
    readonly path?: string;
    readonly allowInsecureTransport?: boolean;
    readonly auth?: PathsOf<'tokenFile' | 'caFile' | 'sshKeyFile' | 'knownHostsFile'>;
  };
  readonly stateDir: string;
  readonly secretsDir?: string;
  readonly server?: {
    readonly listen: { readonly host?: string; readonly port: number };
    readonly tls?: { readonly certFile: string; readonly keyFile: string };
    readonly tokenFile: string;
    readonly webhookSecretFile?: string;
  };
  readonly logLevel?: LogLevel;
}

function faultAt(pointer: string, message: string, at: 'key' | 'value' = 'value'): ValueFault {
  return { pointer, at, message };
}

const protocolsOf = {
  tokenFile: ['https', 'http'],
  caFile: ['https'],
  sshKeyFile: ['ssh'],
  knownHostsFile: ['ssh'],
} as const satisfies Record<string, readonly GitProtocol[]>;

function authFaults({ auth = {} }: ConfigDocument['source'], protocol: GitProtocol): readonly ValueFault[] {
  const useless = (['tokenFile', 'caFile', 'sshKeyFile', 'knownHostsFile'] as const)
    .filter((name) => auth[name] !== undefined && !protocolsOf[name].some((one) => one === protocol))
    .map((name) => faultAt(`/source/auth/${name}`, `${name} has no use with ${protocol}`, 'key'));
  if (protocol !== 'ssh' || (auth.sshKeyFile !== undefined && auth.knownHostsFile !== undefined)) return useless;
  return [...useless, faultAt('/source/url', 'a source over ssh needs auth.sshKeyFile and auth.knownHostsFile')];
}

function urlFaults(source: ConfigDocument['source'], baseDir: string): readonly ValueFault[] {
  const url = parseGitUrl(source.url, baseDir);
  // The URL itself is not shown: what is wrong with it may be a password.
  if (typeof url === 'string') return [faultAt('/source/url', `the URL of the source is refused: ${url}`)];
  const isInsecure = url.protocol === 'http' || url.protocol === 'git';
  const faults = authFaults(source, url.protocol);
  if (!isInsecure || source.allowInsecureTransport === true) return faults;
  const message = `${url.protocol} can be changed on the way; use https or ssh, or set allowInsecureTransport in a laboratory`;
  return [faultAt('/source/url', message), ...faults];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function serverFaults(server: ConfigDocument['server']): readonly ValueFault[] {
  const host = server?.listen.host ?? '127.0.0.1';
  if (server === undefined || server.tls !== undefined || isLoopback(host)) return [];
  return [faultAt('/server/listen/host', `${host} is not a loopback address, so the server needs tls`)];
}

/** What is wrong with a configuration that its schema lets pass. */
export function configFaults({ source, server }: ConfigDocument, baseDir: string): readonly ValueFault[] {
  const { ref = 'main', path = '.' } = source;
  return [
    ...urlFaults(source, baseDir),
    ...(parseGitRef(ref) === undefined
      ? [faultAt('/source/ref', `${ref} is not a branch, tag, commit id or ref`)]
      : []),
    ...(parseTreePath(path) === undefined
      ? [faultAt('/source/path', `${path} is not a directory of the repository`)]
      : []),
    ...serverFaults(server),
  ];
}
