import { defaultResource } from '../../../model/defaults.js';
import type { RegistrationFailoverSpec, SipTransportSpec } from '../../../model/generated/kinds.js';
import { resourcesOf, type Snapshot, singleOf } from '../../../model/snapshot.js';

/** What an edge takes from a snapshot for SIP. */
export interface EdgeSipSettings {
  readonly transport: SipTransportSpec;
  readonly failover: RegistrationFailoverSpec;
  /** Whether any domain is served by SIP. */
  readonly isServed: boolean;
}

export function edgeSipSettingsOf(snapshot: Snapshot): EdgeSipSettings {
  return {
    transport: (singleOf(snapshot, 'SipTransport') ?? defaultResource('SipTransport')).spec,
    failover: (singleOf(snapshot, 'RegistrationFailover') ?? defaultResource('RegistrationFailover')).spec,
    isServed: resourcesOf(snapshot, 'Domain').some(({ spec }) => spec.sip),
  };
}
