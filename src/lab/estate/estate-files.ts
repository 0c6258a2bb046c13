import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeYaml } from '../../model/yaml/write.js';
import type { Clock } from '../../platform/clock.js';
import { writePrivate } from '../certificates/credential-file.js';
import { writeLabCertificates } from '../certificates/lab-certificates.js';
import type { LabUcConfig } from '../uc-server/lab-uc-config.js';
import type { NewUcUser } from '../uc-server/uc-model.js';
import {
  type AuthoredDocument,
  type ClusterTerms,
  clusterDocuments,
  readerAccount,
  readerPasswordFile,
} from './cluster-documents.js';
import { estateCertificates } from './estate-certificates.js';
import type { EstateLayout } from './estate-layout.js';
import type { EstatePaths } from './estate-paths.js';
import { LabRepository } from './lab-repository.js';
import { type NodeDocumentTexts, nodeDocument } from './node-document.js';

/** What an estate is made of. */
export interface EstatePlan {
  readonly layout: EstateLayout;
  readonly paths: EstatePaths;
  readonly users: readonly NewUcUser[];
  readonly terms: Omit<ClusterTerms, 'ca'>;
  readonly clock: Clock;
}

const schemaComment = '# yaml-language-server: $schema=https://fairlead.dev/schemas/fairlead.schema.json\n';
/** The starter repository, at the same distance from `src` and `dist`. */
const starter = join(import.meta.dirname, '..', '..', '..', 'examples', 'starter');

async function writeToken(path: string): Promise<string> {
  const token = randomBytes(24).toString('base64url');
  await writePrivate(path, `${token}\n`);
  return createHash('sha256').update(token).digest('hex');
}

async function writeNodes({ layout, paths }: EstatePlan): Promise<void> {
  const nodes = [...layout.edges, ...layout.cores];
  const linkKeys = await Promise.all(
    nodes.map(
      async ({ name }) =>
        [name, (await readFile(paths.certificates.linkKey(name).publicKeyFile, 'utf8')).trim()] as const,
    ),
  );
  for (const node of nodes) {
    const texts: NodeDocumentTexts = {
      applyTokenSha256: await writeToken(paths.applyToken(node.name)),
      operatorTokenSha256: await writeToken(paths.operatorToken(node.name)),
      linkPublicKeys: Object.fromEntries(linkKeys),
    };
    await writePrivate(paths.nodeConfig(node.name), writeYaml(nodeDocument(node, layout, paths, texts)));
  }
}

async function writeReconciler({ layout, paths }: EstatePlan): Promise<void> {
  await writeToken(paths.reconcilerToken);
  await writeToken(paths.webhookSecret);
  const config = {
    source: { url: paths.repository, ref: 'main', path: '.' },
    stateDir: paths.reconcilerState,
    secretsDir: paths.secrets,
    server: {
      listen: { host: '127.0.0.1', port: layout.reconcilerPort },
      tokenFile: paths.reconcilerToken,
      webhookSecretFile: paths.webhookSecret,
    },
    logLevel: 'info',
  };
  await writePrivate(paths.reconcilerConfig, writeYaml(config));
}

async function writeUnifiedCm({ layout, paths, users }: EstatePlan): Promise<void> {
  await writeToken(paths.unifiedCmControlToken);
  const password = randomBytes(12).toString('base64url');
  await writePrivate(join(paths.secrets, readerPasswordFile), `${password}\n`);
  const config: LabUcConfig = {
    domain: layout.domain,
    port: layout.ucPort,
    hosts: layout.ucHosts,
    certificates: paths.certificates.directory,
    users: [{ userName: readerAccount, password }, ...users.map(({ userName, password }) => ({ userName, password }))],
    sip: {
      port: layout.ucSipPort,
      tlsPort: layout.ucSipTlsPort,
      hosts: Object.fromEntries(layout.cores.map(({ host }) => [host, '127.0.0.1'])),
    },
    control: { port: layout.ucControlPort, tokenFile: paths.unifiedCmControlToken },
  };
  await writePrivate(paths.unifiedCmConfig, `${JSON.stringify(config, null, 2)}\n`);
}

/** Text of a file of the repository: its documents, with the line that tells editors the schema. */
function documentText(documents: readonly AuthoredDocument[]): string {
  return schemaComment + documents.map((document) => writeYaml(document)).join('---\n');
}

async function filesBelow(directory: string): Promise<readonly (readonly [string, string])[]> {
  const names = await readdir(directory, { recursive: true });
  const files: (readonly [string, string])[] = [];
  for (const name of names.toSorted()) {
    const path = join(directory, name);
    if ((await stat(path)).isFile()) files.push([name, await readFile(path, 'utf8')]);
  }
  return files;
}

async function writeRepository({ layout, paths, terms }: EstatePlan): Promise<LabRepository> {
  const ca = await readFile(paths.certificates.authority.certFile, 'utf8');
  const base = (await filesBelow(join(starter, 'base'))).map(([name, text]) => [`base/${name}`, text] as const);
  const own = [...clusterDocuments(layout, { ...terms, ca })].map(
    ([name, documents]) => [`clusters/${layout.cluster}/${name}`, documentText(documents)] as const,
  );
  const repository = new LabRepository(paths.repository);
  await repository.create();
  await repository.commit('Describe the lab cluster', Object.fromEntries([...base, ...own]));
  return repository;
}

/**
 * Writes everything an estate needs before its first process starts: certificates, tokens, configurations, repository.
 * @throws FairleadError when the directory cannot be written, or git does not run.
 */
export async function writeEstate(plan: EstatePlan): Promise<LabRepository> {
  const { layout, paths, clock } = plan;
  const size = { edges: layout.edges.length, cores: layout.cores.length, ucNodes: layout.ucHosts.length };
  await writeLabCertificates(paths.certificates.directory, estateCertificates(size), clock);
  await mkdir(paths.logs, { recursive: true });
  await writeNodes(plan);
  await writeReconciler(plan);
  await writeUnifiedCm(plan);
  return await writeRepository(plan);
}
