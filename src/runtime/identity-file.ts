import type { FilePart } from '../platform/file-reload.js';
import type { Log } from '../platform/log.js';
import type { AdminIdentity, NodeConfig } from './node-config.js';
import { loadNodeConfig } from './node-config-file.js';

/** A configuration without what can be taken over while the node runs. */
function fixedPart(config: NodeConfig): string {
  return JSON.stringify({ ...config, admin: { ...config.admin, identities: [] } });
}

/** The identities of the admin interface as a file to read again; any other change in it waits for a restart, and is told. */
export function identityFilePart(
  file: string,
  config: NodeConfig,
  accept: (identities: readonly AdminIdentity[]) => void,
  log: Log,
): FilePart {
  return {
    name: 'admin.identities',
    files: [file],
    async reload() {
      const next = await loadNodeConfig(file);
      accept(next.admin.identities);
      if (fixedPart(next) !== fixedPart(config))
        log.warn({ file }, 'the configuration has changes that need a restart');
    },
  };
}
