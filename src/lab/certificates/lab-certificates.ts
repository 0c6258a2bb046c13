import { createPublicKey } from 'node:crypto';
import type { Clock } from '../../platform/clock.js';
import { newEd25519Pem } from '../../platform/ed25519-key.js';
import { newSshKeyPair } from '../../platform/ssh-keys.js';
import { type Credential, type LeafRequest, type Validity, issueLeaf, newAuthority } from './authority.js';
import { type CredentialFiles, type LabCertificatePaths, labCertificatePaths } from './certificate-paths.js';
import {
  readCredential,
  readIfThere,
  satisfies,
  writeCredential,
  writePrivate,
  writePublic,
} from './credential-file.js';

/** Whom the development certificates are for. */
export interface LabCertificateOptions {
  /** Servers by the name of their files, with every DNS name and IP address they answer to. */
  readonly servers: readonly { readonly name: string; readonly hosts: readonly LeafRequest['names'][number][] }[];
  /** Common names of client certificates. */
  readonly clients: readonly string[];
  /** Names of the cores, which sign sign-in tokens. */
  readonly cores: readonly string[];
  /** Names of all nodes, each among the servers; they have a key and a certificate for the links. */
  readonly nodes: readonly string[];
}

const dayMs = 24 * 60 * 60 * 1000;
const validDays = 397;
const renewBeforeDays = 30;

interface Period extends Validity {
  readonly renewal: Date;
}

function periodFrom(nowMs: number): Period {
  return {
    notBefore: new Date(nowMs - dayMs),
    notAfter: new Date(nowMs + validDays * dayMs),
    renewal: new Date(nowMs + renewBeforeDays * dayMs),
  };
}

async function keepAuthority(files: CredentialFiles, commonName: string, period: Period): Promise<Credential> {
  const before = await readCredential(files, period.renewal);
  if (before !== undefined) return before;
  const made = await newAuthority(commonName, period);
  await writeCredential(files, made);
  return made;
}

async function keepLeaf(files: CredentialFiles, authority: Credential, request: LeafRequest, period: Period) {
  const before = await readCredential(files, period.renewal);
  if (before !== undefined && satisfies(before, request, authority)) return;
  await writeCredential(files, await issueLeaf(authority, request, period));
}

async function keepTokenKeys(paths: LabCertificatePaths, cores: readonly string[]): Promise<void> {
  const verificationKeys: string[] = [];
  for (const core of cores) {
    const file = paths.tokenSigningKey(core);
    const before = await readIfThere(file);
    const key = before ?? newEd25519Pem();
    if (before === undefined) await writePrivate(file, key);
    verificationKeys.push(createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString());
  }
  await writePublic(paths.tokenVerificationKeys, verificationKeys.join(''));
}

async function keepLinkKey(paths: LabCertificatePaths, node: string): Promise<void> {
  const { privateKeyFile, publicKeyFile } = paths.linkKey(node);
  if ((await readIfThere(privateKeyFile)) !== undefined && (await readIfThere(publicKeyFile)) !== undefined) return;
  const { privateKey, publicKey } = newSshKeyPair(node);
  await writePrivate(privateKeyFile, privateKey);
  await writePublic(publicKeyFile, `${publicKey}\n`);
}

/**
 * Makes the development CA, certificates and keys that are missing, no longer fit, or end within 30 days.
 * For a lab only: the CA's key lies beside its certificates. Private keys have mode 0600.
 * @throws FairleadError `node.storage` when the directory cannot be written.
 */
export async function writeLabCertificates(
  directory: string,
  options: LabCertificateOptions,
  clock: Clock,
): Promise<LabCertificatePaths> {
  const paths = labCertificatePaths(directory);
  const period = periodFrom(clock.nowMs());
  const authority = await keepAuthority(paths.authority, 'Fairlead lab CA (development only)', period);
  const unrelated = await keepAuthority(
    paths.unrelatedAuthority,
    'Fairlead lab unrelated CA (trusted by nobody)',
    period,
  );
  for (const { name, hosts } of options.servers) {
    const request: LeafRequest = { commonName: name, names: hosts, use: 'server' };
    await keepLeaf(paths.server(name), authority, request, period);
    await keepLeaf(paths.unrelatedServer(name), unrelated, request, period);
    if (options.nodes.includes(name))
      await keepLeaf(paths.signalling(name), authority, { ...request, use: 'both' }, period);
  }
  for (const client of options.clients) {
    await keepLeaf(paths.client(client), authority, { commonName: client, names: [], use: 'client' }, period);
  }
  await keepTokenKeys(paths, options.cores);
  for (const node of options.nodes) await keepLinkKey(paths, node);
  return paths;
}
