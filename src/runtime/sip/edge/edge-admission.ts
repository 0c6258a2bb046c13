import type { Clock } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { Counter } from '../../../platform/meter.js';
import type { GrantBook } from '../../grants/grant-book.js';
import type { SipMessage } from '../message/sip-message.js';
import type { RegisterFacts } from '../registration/register-facts.js';
import type { Registrations } from '../registration/registrations.js';
import { LogRation } from '../log-ration.js';
import type { Flow } from './flows.js';

/** Why a request is not let in; it stands in the log and the metrics, and the stranger only gets a 403. */
export type Refusal = 'no-grant' | 'not-registered' | 'not-served' | 'malformed';

export interface EdgeAdmissionParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly grants: GrantBook;
  readonly registrations: Registrations;
  readonly refused: Counter;
}

/** Lets in only who signed in through us: a REGISTER by the grant of its device, everything else by the registration of its flow. */
export class EdgeAdmission {
  readonly #parts: EdgeAdmissionParts;

  readonly #ration: LogRation;

  constructor(parts: EdgeAdmissionParts) {
    this.#parts = parts;
    this.#ration = new LogRation(parts.clock);
  }

  /** The grant that lets a device register; it goes along to the core, which checks it again. */
  grantFor({ device, user }: RegisterFacts): string | undefined {
    const { grants } = this.#parts;
    // A line that is the name of a user who signed in is for the devices of that user alone.
    const isOfUser = user !== device && grants.find(user) !== undefined;
    return isOfUser ? grants.find(user, device) : grants.find(device);
  }

  /** The grant of a registered flow: a core that has started again knows the client by it alone. */
  grantOf({ id }: Flow): string | undefined {
    const [registered] = this.#parts.registrations.onFlow(id);
    return registered && this.#parts.grants.find(registered.device);
  }

  isRegistered(flow: Flow): boolean {
    return this.#parts.registrations.hasFlow(flow.id);
  }

  /** Notes a refusal where operators look for it. */
  refuse(reason: Refusal, request: SipMessage, { hop }: Flow, device?: string): void {
    const { log, refused } = this.#parts;
    refused.inc({ reason });
    const { remoteAddress: client, remotePort: port } = hop;
    const leftOut = this.#ration.take(client);
    if (leftOut === undefined) return;
    const { method, callId } = request;
    log.info({ reason, method, callId, device, client, port, ...(leftOut > 0 && { leftOut }) }, 'not let in');
  }
}
