import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FairleadError } from '../errors.js';
import { isRecord } from '../model/json.js';
import { newSchemaChecks, type Checked, type SchemaCheck, type ValueFault } from '../model/schema-check.js';
import { parseConfigText } from '../model/yaml/config-text.js';
import type { AdminConfig, CoreNodeConfig, EdgeNodeConfig, NodeConfig } from './node-config.js';
import { readSchema } from './schema-files.js';
import {
  type WrittenCoreSip,
  type WrittenEdgeSip,
  coreSipFaults,
  coreSipFrom,
  edgeSipFaults,
  edgeSipFrom,
} from './sip-config.js';

/** Fields that have a default. */
type Optional = Partial<Pick<NodeConfig, 'logLevel' | 'catchUpSeconds'>>;
/** A configuration as it is written: valid by its schema, paths relative, defaults left out. */
type Written<C extends NodeConfig> = Omit<C, keyof Optional | 'signalling' | 'sip'> & Optional;
type WrittenConfig = (Written<EdgeNodeConfig> & WrittenEdgeSip) | (Written<CoreNodeConfig> & WrittenCoreSip);

const largestBytes = 1_048_576;
const defaultCatchUpSeconds = 60;

function newCheck(): SchemaCheck<WrittenConfig> {
  const schema = readSchema('bootstrap/node.schema.json');
  const check = newSchemaChecks([schema]);
  const edge = check<Written<EdgeNodeConfig> & WrittenEdgeSip>(`${schema.$id}#/$defs/edge`);
  const core = check<Written<CoreNodeConfig> & WrittenCoreSip>(`${schema.$id}#/$defs/core`);
  return (value): Checked<WrittenConfig> => {
    const role = isRecord(value) ? value['role'] : 'edge';
    if (role === 'core') return core(value);
    // Without a role everything else could only be guessed at.
    if (role === 'edge') return edge(value);
    return { ok: false, faults: [{ pointer: '/role', at: 'value', message: 'role must be edge or core' }] };
  };
}

function repeated<T>(items: readonly T[], textOf: (item: T) => string | undefined): readonly number[] {
  const texts = items.map(textOf);
  return texts.flatMap((text, index) => (text !== undefined && texts.indexOf(text) < index ? [index] : []));
}

function identityFaults({ admin: { identities, tls } }: { readonly admin: AdminConfig }): readonly ValueFault[] {
  const fault = (index: number, field: string, message: string): ValueFault => ({
    pointer: `/admin/identities/${index}/${field}`,
    at: 'value',
    message,
  });
  const certified = identities.findIndex(({ clientCommonName }) => clientCommonName !== undefined);
  return [
    ...repeated(identities, ({ tokenSha256 }) => tokenSha256).map((index) =>
      fault(index, 'tokenSha256', 'another identity has the same token'),
    ),
    ...repeated(identities, ({ clientCommonName }) => clientCommonName).map((index) =>
      fault(index, 'clientCommonName', 'another identity has the same common name'),
    ),
    ...(certified >= 0 && tls.clientCaFile === undefined
      ? [fault(certified, 'clientCommonName', 'client certificates need admin.tls.clientCaFile')]
      : []),
  ];
}

/** What is wrong with a configuration that its schema lets pass. */
function furtherFaults(written: WrittenConfig): readonly ValueFault[] {
  const sipFaults = written.role === 'edge' ? edgeSipFaults(written) : coreSipFaults(written.name, written);
  return [...identityFaults(written), ...sipFaults];
}

function adminFrom(admin: AdminConfig, path: (file: string) => string): AdminConfig {
  const { certFile, keyFile, clientCaFile } = admin.tls;
  const clients = clientCaFile === undefined ? {} : { clientCaFile: path(clientCaFile) };
  return { ...admin, tls: { certFile: path(certFile), keyFile: path(keyFile), ...clients } };
}

function edgeFrom(written: Written<EdgeNodeConfig> & WrittenEdgeSip, path: (file: string) => string) {
  const { signalling, sip, ...rest } = written;
  const { access, link, tokens } = rest;
  const tls = { certFile: path(access.tls.certFile), keyFile: path(access.tls.keyFile) };
  return {
    ...rest,
    ...edgeSipFrom({ ...(signalling && { signalling }), ...(sip && { sip }) }, tls, path),
    access: { ...access, tls },
    link: { ...link, hostKeyFile: path(link.hostKeyFile) },
    tokens: { verificationKeysFile: path(tokens.verificationKeysFile) },
  };
}

function coreFrom(written: Written<CoreNodeConfig> & WrittenCoreSip, path: (file: string) => string) {
  const { signalling, sip, ...rest } = written;
  const { link, tokens } = rest;
  const { signingKeyFile, verificationKeysFile } = tokens;
  return {
    ...rest,
    ...coreSipFrom({ ...(signalling && { signalling }), ...(sip && { sip }) }, path),
    link: { ...link, clientKeyFile: path(link.clientKeyFile) },
    tokens: { signingKeyFile: path(signingKeyFile), verificationKeysFile: path(verificationKeysFile) },
  };
}

/**
 * Reads the text of a node's configuration; relative paths start at the folder of `file`.
 * @throws FairleadError `node.config` with every fault as `file:line:column`
 */
export function parseNodeConfig(text: string, file: string): NodeConfig {
  const written = parseConfigText(text, file, newCheck(), furtherFaults);
  const path = (relative: string): string => resolve(dirname(resolve(file)), relative);
  const shared = {
    stateDir: path(written.stateDir),
    logLevel: written.logLevel ?? 'info',
    catchUpSeconds: written.catchUpSeconds ?? defaultCatchUpSeconds,
    admin: adminFrom(written.admin, path),
  };
  return written.role === 'edge'
    ? { ...edgeFrom(written, path), ...shared }
    : { ...coreFrom(written, path), ...shared };
}

/**
 * Reads a node's configuration file.
 * @throws FairleadError `node.config`
 */
export async function loadNodeConfig(file: string): Promise<NodeConfig> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new FairleadError('node.config', `${file} could not be read`, { cause: error });
  });
  if (bytes.length <= largestBytes) return parseNodeConfig(bytes.toString('utf8'), file);
  throw new FairleadError('node.config', `${file} has ${bytes.length} bytes, the limit is ${largestBytes}`);
}
