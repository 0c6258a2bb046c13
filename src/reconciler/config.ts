import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FairleadError } from '../errors.js';
import { isRecord } from '../model/json.js';
import { newSchemaChecks, type SchemaCheck } from '../model/schema-check.js';
import { parseConfigText } from '../model/yaml/config-text.js';
import type { LogLevel } from '../platform/log.js';
import { type ConfigDocument, configFaults, type PathsOf } from './config-document.js';
import { type GitRef, parseGitRef, parseTreePath } from './source/git-ref.js';
import { type GitUrl, parseGitUrl } from './source/git-url.js';

/** Files with credentials for a repository; paths are absolute. */
export type SourceAuth = PathsOf<'tokenFile' | 'caFile' | 'sshKeyFile' | 'knownHostsFile'>;

/** The repository that is followed. */
export interface SourceConfig {
  readonly url: GitUrl;
  readonly ref: GitRef;
  /** Directory inside the repository as git names it; `''` is its root. */
  readonly path: string;
  readonly auth: SourceAuth;
}

/** Where the reconciler listens; without `tls` the host is a loopback address. */
export interface ServerConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  readonly tokenFile: string;
  readonly webhookSecretFile?: string;
}

/** What the reconciler must know before it can read Git; paths are absolute here. */
export interface ReconcilerConfig {
  readonly source: SourceConfig;
  readonly stateDir: string;
  readonly secretsDir?: string;
  readonly server?: ServerConfig;
  readonly logLevel: LogLevel;
}

const largestConfig = 1_048_576;

function newCheck(): SchemaCheck<ConfigDocument> {
  // The same distance from src/reconciler and from dist/reconciler.
  const path = join(import.meta.dirname, '..', '..', 'schemas', 'bootstrap', 'reconciler.schema.json');
  const schema: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isRecord(schema) || typeof schema['$id'] !== 'string') throw new TypeError(`${path} has no $id`);
  return newSchemaChecks([{ ...schema, $id: schema['$id'] }])<ConfigDocument>(schema['$id']);
}

function sourceOf(
  { url, ref = 'main', path = '.', auth = {} }: ConfigDocument['source'],
  baseDir: string,
): SourceConfig {
  const parsed = { url: parseGitUrl(url, baseDir), ref: parseGitRef(ref), path: parseTreePath(path) };
  if (typeof parsed.url === 'string' || parsed.ref === undefined || parsed.path === undefined)
    throw new FairleadError('internal', 'the source was not checked');
  const files = Object.entries(auth).map(([name, file]) => [name, resolve(baseDir, file)] as const);
  return { url: parsed.url, ref: parsed.ref, path: parsed.path, auth: Object.fromEntries(files) };
}

function serverOf(
  { listen, tls, tokenFile, webhookSecretFile }: NonNullable<ConfigDocument['server']>,
  baseDir: string,
): ServerConfig {
  const file = (path: string): string => resolve(baseDir, path);
  return {
    listen: { host: listen.host ?? '127.0.0.1', port: listen.port },
    ...(tls === undefined ? {} : { tls: { certFile: file(tls.certFile), keyFile: file(tls.keyFile) } }),
    tokenFile: file(tokenFile),
    ...(webhookSecretFile === undefined ? {} : { webhookSecretFile: file(webhookSecretFile) }),
  };
}

/**
 * Reads the text of `fairlead.yaml`; relative paths start at the folder of `file`, which need not exist.
 * @throws FairleadError `node.config` with every fault and its place
 */
export function parseReconcilerConfig(text: string, file: string): ReconcilerConfig {
  const baseDir = dirname(resolve(file));
  const document = parseConfigText(text, file, newCheck(), (value) => configFaults(value, baseDir));
  const { source, stateDir, secretsDir, server, logLevel = 'info' } = document;
  return {
    source: sourceOf(source, baseDir),
    stateDir: resolve(baseDir, stateDir),
    ...(secretsDir === undefined ? {} : { secretsDir: resolve(baseDir, secretsDir) }),
    ...(server === undefined ? {} : { server: serverOf(server, baseDir) }),
    logLevel,
  };
}

/**
 * Reads `fairlead.yaml`.
 * @throws FairleadError `node.config` when it cannot be read, or with every fault and its place
 */
export async function readReconcilerConfig(file: string): Promise<ReconcilerConfig> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new FairleadError('node.config', `could not read ${file}`, { cause: error });
  }
  if (text.length > largestConfig)
    throw new FairleadError('node.config', `${file} is larger than ${largestConfig} bytes`);
  return parseReconcilerConfig(text, file);
}
