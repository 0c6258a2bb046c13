import type { Log } from '../../../platform/log.js';
import type { Counter } from '../../../platform/meter.js';
import type { GrantBook } from '../../grants/grant-book.js';
import type { SipMessage } from '../message/sip-message.js';
import type { RegisterFacts } from '../registration/register-facts.js';
import type { Registrations } from '../registration/registrations.js';
import type { Flow } from './flows.js';

/** Why a request is not let in; it stands in the log and the metrics, and the stranger only gets a 403. */
export type Refusal = 'no-grant' | 'not-registered' | 'not-served' | 'malformed';

export interface EdgeAdmissionParts {
  readonly log: Log;
  readonly grants: GrantBook;
  readonly registrations: Registrations;
  readonly refused: Counter;
}

/** Lets in only who signed in through us: a REGISTER by the grant of its device, everything else by the registration of its flow. */
export class EdgeAdmission {
  readonly #parts: EdgeAdmissionParts;

  constructor(parts: EdgeAdmissionParts) {
    this.#parts = parts;
  }

  /** The grant that lets a device register; it goes along to the core, which checks it again. */
  grantFor({ device }: RegisterFacts): string | undefined {
    return this.#parts.grants.find(device);
  }

  isRegistered(flow: Flow): boolean {
    return this.#parts.registrations.hasFlow(flow.id);
  }

  /** Notes a refusal where operators look for it. */
  refuse(reason: Refusal, request: SipMessage, { hop }: Flow, device?: string): void {
    const { log, refused } = this.#parts;
    refused.inc({ reason });
    const { method, callId } = request;
    log.info({ reason, method, callId, device, client: hop.remoteAddress, port: hop.remotePort }, 'not let in');
  }
}
