import { FairleadError } from '../../../errors.js';
import { isRecord } from '../../../model/json.js';
import type { RegistrarSettings, SipDevice } from './registrar-settings.js';
import type { Registration } from './registration-table.js';
import type { SipCommand } from './sip-command.js';
import type { SipControl, UcCall } from './sip-control.js';
import type { SipFault, StunBehaviour } from './sip-fault.js';
import type { SipRecord } from './sip-record.js';

/** These look only as far as another program on the port would be noticed: both ends are one version. */
function isRegistrations(value: unknown): value is readonly Registration[] {
  return Array.isArray(value) && value.every((one) => isRecord(one) && typeof one['device'] === 'string');
}

function isCall(value: unknown): value is UcCall {
  return isRecord(value) && typeof value['id'] === 'string' && typeof value['state'] === 'string';
}

function isCalls(value: unknown): value is readonly UcCall[] {
  return Array.isArray(value) && value.every(isCall);
}

function isSipRecord(value: unknown): value is SipRecord {
  return isRecord(value) && isRecord(value['counts']) && Array.isArray(value['unscripted']);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/** Drives the SIP side of a stand-in in another process; every call rejects with a FairleadError when it is refused. */
export class RemoteSipControl implements SipControl {
  readonly #send: (command: SipCommand) => Promise<unknown>;

  /** `send` gives what the command gave, undefined for nothing. */
  constructor(send: (command: SipCommand) => Promise<unknown>) {
    this.#send = send;
  }

  async setFault(host: string, fault?: SipFault): Promise<void> {
    await this.#send(fault === undefined ? { command: 'set-fault', host } : { command: 'set-fault', host, fault });
  }

  async setStun(behaviour: StunBehaviour): Promise<void> {
    await this.#send({ command: 'set-stun', behaviour });
  }

  async configure(settings: Partial<RegistrarSettings>): Promise<void> {
    await this.#send({ command: 'configure', settings });
  }

  async putDevice(device: SipDevice): Promise<void> {
    await this.#send({ command: 'put-device', device });
  }

  async registrations(): Promise<readonly Registration[]> {
    return await this.#ask({ command: 'registrations' }, isRegistrations);
  }

  async registered(): Promise<number> {
    return await this.#ask({ command: 'registered' }, isNumber);
  }

  async forgetRegistrations(): Promise<void> {
    await this.#send({ command: 'forget-registrations' });
  }

  async call(target: string): Promise<UcCall> {
    return await this.#ask({ command: 'call', target }, isCall);
  }

  async hangUp(id: string): Promise<void> {
    await this.#send({ command: 'hang-up', id });
  }

  async calls(): Promise<readonly UcCall[]> {
    return await this.#ask({ command: 'calls' }, isCalls);
  }

  async ask(target: string, method: 'OPTIONS' | 'NOTIFY'): Promise<number | undefined> {
    const status = await this.#send({ command: 'ask', target, method });
    return isNumber(status) ? status : undefined;
  }

  async record(): Promise<SipRecord> {
    return await this.#ask({ command: 'record' }, isSipRecord);
  }

  async forgetRecord(): Promise<void> {
    await this.#send({ command: 'forget-record' });
  }

  async #ask<T>(command: SipCommand, isIt: (value: unknown) => value is T): Promise<T> {
    const value = await this.#send(command);
    if (isIt(value)) return value;
    throw new FairleadError('node.bad-request', 'what answers on the control port is not a stand-in Unified CM');
  }
}
