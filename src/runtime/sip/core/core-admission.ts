import type { Clock } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { Counter } from '../../../platform/meter.js';
import type { DeviceGrant } from '../../grants/device-grant.js';
import type { GrantDesk } from '../../grants/grant-desk.js';
import { openGrant } from '../../grants/grant-keys.js';
import type { StatementVerifier } from '../../statement-keys.js';
import { newBoundedMap } from '../../store/bounded-map.js';
import type { SipMessage } from '../message/sip-message.js';
import { LogRation } from '../log-ration.js';
import type { PeerHop } from '../peer-hops.js';

export interface CoreAdmissionParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly keys: StatementVerifier;
  readonly grants: GrantDesk;
  readonly refused: Counter;
}

/** Grants whose signature need not be checked again; one check costs as much as several registrations. */
const rememberedGrants = 50_000;

/** Checks at a core what an edge says of a client: the edge stands where strangers are, and is not believed. */
export class CoreAdmission {
  readonly #parts: CoreAdmissionParts;
  #opened = newBoundedMap<DeviceGrant>(rememberedGrants);
  #keys: unknown;
  readonly #ration: LogRation;

  constructor(parts: CoreAdmissionParts) {
    this.#parts = parts;
    this.#ration = new LogRation(parts.clock);
  }

  /** Whether a grant that is good names the device. */
  admits(grant: string | undefined, device: string): boolean {
    return grant !== undefined && this.#open(grant)?.names.includes(device) === true;
  }

  /** Whether a flow belongs to a user who signed in. */
  isKnown({ note }: PeerHop): boolean {
    return note?.grant !== undefined && this.#open(note.grant) !== undefined;
  }

  refuse(request: SipMessage, from: PeerHop, device?: string): void {
    const { log, refused } = this.#parts;
    const { method, callId } = request;
    refused.inc({ reason: 'no-grant' });
    const { peer: edge } = from.link;
    const leftOut = this.#ration.take(edge);
    if (leftOut === undefined) return;
    const details = { method, callId, device, edge, client: from.note?.clientAddress, ...(leftOut > 0 && { leftOut }) };
    log.warn(details, 'an edge let in who has no grant; refused');
  }

  #open(text: string): DeviceGrant | undefined {
    const { clock, keys, grants } = this.#parts;
    if (this.#keys !== keys.inUse()) {
      this.#keys = keys.inUse();
      this.#opened = newBoundedMap<DeviceGrant>(rememberedGrants);
    }
    const known = this.#opened.get(text);
    const nowMs = clock.nowMs();
    const grant = known !== undefined && known.expiresAtMs > nowMs ? known : openGrant(text, keys, nowMs);
    if (grant === undefined || grants.isRevoked(grant)) return undefined;
    if (known === undefined) this.#opened.set(text, grant);
    return grant;
  }
}
