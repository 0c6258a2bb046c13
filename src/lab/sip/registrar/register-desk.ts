import type { Flow } from '../flow/flow.js';
import { type SipField, type SipRequest, callIdOf, cseqOf } from '../wire/sip-message.js';
import { Nonces } from './nonces.js';
import { refusalOf } from './register-access.js';
import { type RegisterClaim, readClaim } from './register-claim.js';
import type { RegistrarSettings, SipDevice } from './registrar-settings.js';
import type { Registration, RegistrationTable } from './registration-table.js';

export interface RegisterDeskOptions {
  readonly table: RegistrationTable;
  readonly settings: () => RegistrarSettings;
  readonly device: (name: string) => SipDevice | undefined;
  readonly nowMs: () => number;
}

/** What a REGISTER gets. */
export interface RegisterAnswer {
  readonly status: number;
  readonly fields: readonly SipField[];
  /** Set when it made or renewed a registration. */
  readonly registration?: Registration;
  /** It is the first of its device, or one with another Call-ID. */
  readonly isNew?: boolean;
}

/** Decides about each REGISTER as Unified CM does, and keeps the table. */
export class RegisterDesk {
  readonly #options: RegisterDeskOptions;
  readonly #nonces = new Nonces();

  constructor(options: RegisterDeskOptions) {
    this.#options = options;
  }

  answer(request: SipRequest, flow: Flow, node: string): RegisterAnswer {
    const claim = readClaim(request);
    if (claim === undefined) return { status: 400, fields: [] };
    const { qop, autoRegistration } = this.#options.settings();
    const device = this.#options.device(claim.device);
    const { protocol } = flow;
    const question = { request, protocol, device, node, nonces: this.#nonces, qop, autoRegistration };
    const refusal = refusalOf(question);
    if (refusal !== undefined) return refusal;
    if (claim.leaves) return this.#leave(claim);
    if (claim.contact === undefined) return { status: 200, fields: this.#grant(claim, undefined, false) };
    return this.#register(request, claim, claim.contact, flow, node);
  }

  #leave({ device, user }: RegisterClaim): RegisterAnswer {
    this.#options.table.remove(device, user);
    return { status: 200, fields: [{ name: 'Expires', value: '0' }] };
  }

  #register(request: SipRequest, claim: RegisterClaim, contact: string, flow: Flow, node: string): RegisterAnswer {
    const { device, user, path } = claim;
    const { table, settings, nowMs } = this.#options;
    const now = nowMs();
    const before = table.get(device, user, now);
    const [callId, cseq] = [callIdOf(request), cseqOf(request).number];
    if (before?.callId === callId && cseq <= before.cseq) return { status: 500, fields: [] };
    const isNew = before?.callId !== callId || before.node !== node;
    const where = { node, protocol: flow.protocol, remoteAddress: flow.remoteAddress, flow: flow.id };
    const when = { registeredAtMs: now, expiresAtMs: now + settings().expiresSeconds * 1000 };
    const registration = { device, user, contact, path, ...where, callId, cseq, ...when };
    table.put(registration);
    return { status: 200, fields: this.#grant(claim, contact, isNew), registration, isNew };
  }

  #grant(claim: RegisterClaim, contact: string | undefined, isNew: boolean): readonly SipField[] {
    const { expiresSeconds, adaptiveRouting } = this.#options.settings();
    const agrees = adaptiveRouting && claim.isCapable;
    const written =
      contact === undefined ? [] : [{ name: 'Contact', value: isNew ? `${contact};x-cisco-newreg` : contact }];
    return [
      ...claim.path.map((value) => ({ name: 'Path', value })),
      ...written,
      { name: 'Expires', value: String(expiresSeconds) },
      { name: 'Supported', value: `X-cisco-sis-10.0.0${agrees ? ',X-cisco-supports-AR_SK' : ''}` },
    ];
  }
}
