import { join } from 'node:path';
import { type LabCertificatePaths, labCertificatePaths } from '../certificates/certificate-paths.js';

/** Where everything of an estate lies; nothing is read or written. */
export interface EstatePaths {
  readonly directory: string;
  readonly certificates: LabCertificatePaths;
  /** The Git repository, with its files checked out. */
  readonly repository: string;
  /** The reconciler's secrets directory. */
  readonly secrets: string;
  readonly reconcilerConfig: string;
  readonly reconcilerState: string;
  readonly reconcilerToken: string;
  readonly webhookSecret: string;
  readonly unifiedCmConfig: string;
  readonly unifiedCmControlToken: string;
  readonly logs: string;
  nodeConfig(node: string): string;
  nodeState(node: string): string;
  /** Written by a node when it listens. */
  nodeEndpoints(node: string): string;
  /** The reconciler's token for a node, scope `apply`. */
  applyToken(node: string): string;
  /** An operator's token for a node, scope `operate`. */
  operatorToken(node: string): string;
}

export function estatePaths(directory: string): EstatePaths {
  const secrets = join(directory, 'secrets');
  const nodeState = (node: string) => join(directory, 'nodes', node, 'state');
  return {
    directory,
    certificates: labCertificatePaths(join(directory, 'certificates')),
    repository: join(directory, 'repository'),
    secrets,
    reconcilerConfig: join(directory, 'fairlead.yaml'),
    reconcilerState: join(directory, 'reconciler', 'state'),
    reconcilerToken: join(directory, 'reconciler', 'server.token'),
    webhookSecret: join(directory, 'reconciler', 'webhook.secret'),
    unifiedCmConfig: join(directory, 'unified-cm', 'lab-uc.json'),
    unifiedCmControlToken: join(directory, 'unified-cm', 'control.token'),
    logs: join(directory, 'logs'),
    nodeConfig: (node) => join(directory, 'nodes', node, 'node.yaml'),
    nodeState,
    nodeEndpoints: (node) => join(nodeState(node), 'endpoints.json'),
    applyToken: (node) => join(secrets, `${node}-admin.token`),
    operatorToken: (node) => join(directory, 'operators', `${node}.token`),
  };
}
