import { defaultResource } from '../../../model/defaults.js';
import type { RegistrationFailoverSpec, SipTransportSpec } from '../../../model/generated/kinds.js';
import { resourcesOf, type Snapshot, singleOf } from '../../../model/snapshot.js';
import { type UcNodes, ucNodesOf } from './uc-nodes.js';

/** What a core takes from a snapshot for SIP. */
export interface CoreSipSettings {
  readonly transport: SipTransportSpec;
  readonly failover: RegistrationFailoverSpec;
  readonly registrationMode: SipTransportSpec['registrationMode'];
  readonly ucNodes: UcNodes;
  /** Whether any domain is served by SIP. */
  readonly isServed: boolean;
}

export function coreSipSettingsOf(snapshot: Snapshot): CoreSipSettings {
  const transport = (singleOf(snapshot, 'SipTransport') ?? defaultResource('SipTransport')).spec;
  return {
    transport,
    failover: (singleOf(snapshot, 'RegistrationFailover') ?? defaultResource('RegistrationFailover')).spec,
    registrationMode: transport.registrationMode,
    ucNodes: ucNodesOf(snapshot),
    isServed: resourcesOf(snapshot, 'Domain').some(({ spec }) => spec.sip),
  };
}
