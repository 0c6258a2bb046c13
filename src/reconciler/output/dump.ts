import type { Snapshot } from '../../model/snapshot.js';
import { resourceYaml } from './resource-yaml.js';

const header = '# yaml-language-server: $schema=https://fairlead.dev/schemas/fairlead.schema.json\n';

/**
 * The resources of a snapshot as a file for a repository, one document each. Committed as it is, it plans to nothing for
 * the nodes it was observed on, as long as the values behind the secret references are the same.
 */
export function dumpYaml(snapshot: Snapshot): string {
  return header + [...snapshot.resources.values()].map((resource) => `---\n${resourceYaml(resource)}`).join('');
}
