import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FairleadError } from '../../errors.js';
import { isRecord } from '../../model/json.js';
import { labCertificatePaths } from '../certificates/certificate-paths.js';
import type { Clock } from '../../platform/clock.js';
import type { LabUnifiedCmOptions } from './lab-unified-cm.js';
import type { SipPorts } from '../sip/registrar/node-listeners.js';
import { loopbackUcNodes } from './loopback-uc-nodes.js';

/** What a stand-in Unified CM that runs as a process of its own is told, as JSON. */
export interface LabUcConfig {
  readonly domain: string;
  /** UDS port of every node. */
  readonly port: number;
  /** The publisher first; node n listens on 127.0.1.n. */
  readonly hosts: readonly string[];
  /** Directory that `writeLabCertificates` wrote. */
  readonly certificates: string;
  readonly users: readonly { readonly userName: string; readonly password: string }[];
  /** SIP ports of every node, and the addresses of the cores by name; left out, there is no SIP. */
  readonly sip?: SipPorts & { readonly hosts: Readonly<Record<string, string>> };
  readonly control: { readonly port: number; readonly tokenFile: string };
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;
}

function isSip(value: unknown): boolean {
  if (value === undefined) return true;
  return isRecord(value) && isPort(value['port']) && isPort(value['tlsPort']) && isRecord(value['hosts']);
}

function isUser(value: unknown): boolean {
  return isRecord(value) && typeof value['userName'] === 'string' && typeof value['password'] === 'string';
}

function isConfig(value: unknown): value is LabUcConfig {
  if (!isRecord(value) || !isRecord(value['control'])) return false;
  const { domain, port, hosts, certificates, users, control } = value;
  const texts = [domain, certificates, control['tokenFile']];
  if (!texts.every((text) => typeof text === 'string') || !isPort(port) || !isPort(control['port'])) return false;
  if (!isSip(value['sip'])) return false;
  return (
    Array.isArray(hosts) &&
    hosts.every((host) => typeof host === 'string') &&
    Array.isArray(users) &&
    users.every(isUser)
  );
}

/**
 * Reads the configuration of a stand-in; relative paths start where the program runs.
 * @throws FairleadError `node.config` when it is none.
 */
export async function readLabUcConfig(path: string): Promise<LabUcConfig> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new FairleadError('node.config', `could not read ${path}`, { cause: error });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FairleadError('node.config', `${path} is not JSON`, { cause: error });
  }
  if (isConfig(value)) return value;
  throw new FairleadError('node.config', `${path} is not the configuration of a stand-in Unified CM`);
}

/** What the cluster of a configuration is made with. */
export async function labUnifiedCmOptions(config: LabUcConfig, clock: Clock): Promise<LabUnifiedCmOptions> {
  const { domain, port, hosts, users, sip } = config;
  const paths = labCertificatePaths(resolve(config.certificates));
  const nodes = await loopbackUcNodes(hosts, paths);
  const options = { domain, port, users, nodes, clock };
  if (sip === undefined) return options;
  const ca = await readFile(paths.authority.certFile, 'utf8');
  return { ...options, sip: { ports: { port: sip.port, tlsPort: sip.tlsPort }, hosts: sip.hosts, ca } };
}
