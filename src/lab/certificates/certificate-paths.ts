import { join } from 'node:path';

export interface CredentialFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface LinkKeyFiles {
  readonly privateKeyFile: string;
  readonly publicKeyFile: string;
}

/** Where the development certificates and keys of a directory are; nothing is read or written. */
export interface LabCertificatePaths {
  readonly directory: string;
  readonly authority: CredentialFiles;
  /** A CA that nothing trusts, for tests of what happens then. */
  readonly unrelatedAuthority: CredentialFiles;
  /** Public keys of all cores, SPKI PEM blocks one after another. */
  readonly tokenVerificationKeys: string;
  server(name: string): CredentialFiles;
  /** The same names as `server`, signed by the unrelated CA. */
  unrelatedServer(name: string): CredentialFiles;
  client(commonName: string): CredentialFiles;
  /** What a node shows to its signalling peers; the names are those of its server certificate. */
  signalling(node: string): CredentialFiles;
  tokenSigningKey(core: string): string;
  linkKey(node: string): LinkKeyFiles;
}

function credentialFiles(...path: readonly [string, ...string[]]): CredentialFiles {
  const base = join(...path);
  return { certFile: `${base}.crt`, keyFile: `${base}.key` };
}

export function labCertificatePaths(directory: string): LabCertificatePaths {
  return {
    directory,
    authority: credentialFiles(directory, 'lab-ca'),
    unrelatedAuthority: credentialFiles(directory, 'unrelated-ca'),
    tokenVerificationKeys: join(directory, 'tokens', 'verification-keys.pem'),
    server: (name) => credentialFiles(directory, 'servers', name),
    unrelatedServer: (name) => credentialFiles(directory, 'unrelated-servers', name),
    signalling: (node) => credentialFiles(directory, 'signalling', node),
    client: (commonName) => credentialFiles(directory, 'clients', commonName),
    tokenSigningKey: (core) => join(directory, 'tokens', `${core}.key`),
    linkKey: (node) => {
      const privateKeyFile = join(directory, 'link', node);
      return { privateKeyFile, publicKeyFile: `${privateKeyFile}.pub` };
    },
  };
}
