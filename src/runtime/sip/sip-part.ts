import type { LinkStatus } from '../../admin/contract.js';
import type { FilePart } from '../../platform/file-reload.js';
import type { NodeEndpoints } from '../node-config.js';
import type { Participant } from '../participant.js';
import type { Prober } from '../prober.js';
import type { Service } from '../service.js';
import type { RegistrationCounts } from './registration/registrations.js';

/** SIP on a node: what the node wires in, whatever its role. */
export interface SipPart extends Participant, Service, Prober {
  readonly files: readonly FilePart[];
  registrations(): RegistrationCounts;
  /** Of all cores together, as far as this node knows. */
  clusterRegistrations(): RegistrationCounts;
  /** Calls that are up. */
  calls(): number;
  /** Calls that end when maintenance mode begins, because their endpoints are excluded from it. */
  excludedCalls(): number;
  links(): readonly LinkStatus[];
  ports(): Pick<NodeEndpoints, 'signalling' | 'sipTls' | 'sipTcp' | 'sipUdp'>;
}
