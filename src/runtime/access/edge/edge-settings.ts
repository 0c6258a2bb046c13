import type { AccessControlSpec, HttpTransportSpec } from '../../../model/generated/kinds.js';
import { resourcesOf, type Snapshot } from '../../../model/snapshot.js';
import { accessControlOf, httpTransportOf } from '../common-settings.js';

/** What an edge takes from a snapshot; a request reads it once. */
export interface EdgeSettings {
  readonly domains: ReadonlySet<string>;
  readonly http: HttpTransportSpec;
  readonly signIn: AccessControlSpec['signIn'];
}

/** @throws FairleadError `node.unsupported` for a field that is not implemented. */
export function edgeSettingsOf(snapshot: Snapshot): EdgeSettings {
  return {
    domains: new Set(resourcesOf(snapshot, 'Domain').map(({ metadata }) => metadata.name)),
    http: httpTransportOf(snapshot),
    signIn: accessControlOf(snapshot).signIn,
  };
}
