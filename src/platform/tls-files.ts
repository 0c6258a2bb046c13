import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { FairleadError } from '../errors.js';
import type { FilePart } from './file-reload.js';

/** Where a TLS server has its identity from. All PEM. */
export interface TlsServerFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string;
}

async function readPem(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: unknown) => {
    throw new FairleadError('node.config', `${file} could not be read`, { cause: error });
  });
}

/**
 * Reads what a TLS server shows and trusts, for TLS 1.2 or later.
 * @throws FairleadError `node.config` when a file cannot be read, or key and certificate do not belong together.
 */
export async function readTlsFiles({ certFile, keyFile, clientCaFile }: TlsServerFiles) {
  const [cert, key] = await Promise.all([readPem(certFile), readPem(keyFile)]);
  const ca = clientCaFile === undefined ? {} : { ca: await readPem(clientCaFile) };
  const options = { cert, key, ...ca, minVersion: 'TLSv1.2' } as const satisfies SecureContextOptions;
  try {
    createSecureContext(options);
  } catch (error) {
    const message = `${certFile} and ${keyFile} cannot be used together`;
    throw new FairleadError('node.config', message, { cause: error });
  }
  return options;
}

/** What a TLS server shows and trusts, as it was read. */
export type TlsIdentity = Awaited<ReturnType<typeof readTlsFiles>>;

/** The identity of a TLS server as files to read again: new connections see the new one, those that are open stay. */
export function tlsFilePart(
  name: string,
  files: TlsServerFiles,
  renew: (options: SecureContextOptions & { readonly cert: string }) => void,
): FilePart {
  const { certFile, keyFile, clientCaFile } = files;
  return {
    name,
    files: [certFile, keyFile, ...(clientCaFile === undefined ? [] : [clientCaFile])],
    reload: async () => renew(await readTlsFiles(files)),
  };
}
