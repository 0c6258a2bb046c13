import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeDurably } from '../../platform/durable-file.js';
import type { Credential, LeafRequest } from './authority.js';
import type { CredentialFiles } from './certificate-paths.js';

const privateMode = 0o600;
const publicMode = 0o644;

/** Content of a file, or undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(() => undefined);
}

/** Writes a file only its owner can read, and its directory when that is missing. */
export async function writePrivate(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeDurably(path, content, privateMode);
}

/** Writes a file that everybody may read, and its directory when that is missing. */
export async function writePublic(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeDurably(path, content, publicMode);
}

/** The key first, so that a certificate is never found without it. */
export async function writeCredential(files: CredentialFiles, { certificate, key }: Credential): Promise<void> {
  await writePrivate(files.keyFile, key);
  await writePublic(files.certFile, certificate);
}

/** A certificate and key that belong together and hold at `until`; undefined for anything else. */
export async function readCredential(files: CredentialFiles, until: Date): Promise<Credential | undefined> {
  const [certificate, key] = await Promise.all([readIfThere(files.certFile), readIfThere(files.keyFile)]);
  if (certificate === undefined || key === undefined) return undefined;
  try {
    const parsed = new X509Certificate(certificate);
    const usable = parsed.checkPrivateKey(createPrivateKey(key)) && new Date(parsed.validTo) > until;
    return usable ? { certificate, key } : undefined;
  } catch {
    return undefined;
  }
}

/** Tells whether a leaf carries exactly the requested names and is signed by the authority. */
export function satisfies(leaf: Credential, request: LeafRequest, authority: Credential): boolean {
  const certificate = new X509Certificate(leaf.certificate);
  const names = request.names.map(({ type, value }) => (type === 'dns' ? `DNS:${value}` : `IP Address:${value}`));
  const named = (certificate.subjectAltName ?? '') === names.join(', ');
  return named && certificate.verify(new X509Certificate(authority.certificate).publicKey);
}
