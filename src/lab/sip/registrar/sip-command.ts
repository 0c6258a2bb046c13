import { FairleadError } from '../../../errors.js';
import { isRecord } from '../../../model/json.js';
import { type RegistrarSettings, type SipDevice, defaultRegistrarSettings } from './registrar-settings.js';
import type { SipControl } from './sip-control.js';
import type { SipFault, StunBehaviour } from './sip-fault.js';

/** A call of `SipControl` as it travels to the control endpoint. */
export type SipCommand =
  | { readonly command: 'set-fault'; readonly host: string; readonly fault?: SipFault }
  | { readonly command: 'set-stun'; readonly behaviour: StunBehaviour }
  | { readonly command: 'configure'; readonly settings: Partial<RegistrarSettings> }
  | { readonly command: 'put-device'; readonly device: SipDevice }
  | { readonly command: 'call'; readonly target: string }
  | { readonly command: 'hang-up'; readonly id: string }
  | { readonly command: 'ask'; readonly target: string; readonly method: 'OPTIONS' | 'NOTIFY' }
  | { readonly command: PlainCommand };

const plainCommands = [
  'registrations',
  'registered',
  'forget-registrations',
  'calls',
  'record',
  'forget-record',
] as const;
type PlainCommand = (typeof plainCommands)[number];

type Fields = Readonly<Record<string, unknown>>;

const plainFaults = ['refuse', 'hang', 'reset'] as const;
const stunBehaviours = ['answers', 'unsupported', 'unresolvable'] as const;
const securities = ['none', 'digest', 'oauth'] as const;

function bad(what: string): FairleadError {
  return new FairleadError('node.bad-request', what);
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw bad(`${name} is not a text`);
}

function whole(fields: Fields, name: string, least: number, most: number): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw bad(`${name} is not a whole number from ${least} to ${most}`);
}

function oneOf<T extends string>(fields: Fields, name: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === fields[name]);
  if (found !== undefined) return found;
  throw bad(`${name} is none of ${choices.join(', ')}`);
}

function record(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (isRecord(value)) return value;
  throw bad(`${name} is not an object`);
}

function faultOf(fields: Fields): SipFault {
  const type = text(fields, 'type');
  if (type === 'slow') return { type, delayMs: whole(fields, 'delayMs', 1, 600_000) };
  if (type !== 'status') return { type: oneOf(fields, 'type', plainFaults) };
  const fault = { type, status: whole(fields, 'status', 300, 699) } as const;
  if (fields['retryAfterSeconds'] === undefined) return fault;
  return { ...fault, retryAfterSeconds: whole(fields, 'retryAfterSeconds', 0, 86_400) };
}

function isSettings(fields: Fields): fields is Partial<RegistrarSettings> {
  const defaults: Fields = { ...defaultRegistrarSettings };
  return Object.entries(fields).every(([name, value]) => typeof value === typeof defaults[name]);
}

function settingsOf(fields: Fields): Partial<RegistrarSettings> {
  if (isSettings(fields)) return fields;
  throw bad(`settings are none of ${Object.keys(defaultRegistrarSettings).join(', ')}, or not what they may be`);
}

function deviceOf(fields: Fields): SipDevice {
  const optional = (name: string) => (fields[name] === undefined ? {} : { [name]: text(fields, name) });
  return {
    name: text(fields, 'name'),
    number: text(fields, 'number'),
    security: oneOf(fields, 'security', securities),
    ...optional('digestUser'),
    ...optional('digestPassword'),
    ...optional('token'),
  };
}

/**
 * Reads a command that came over the wire.
 * @throws FairleadError `node.bad-request` for anything that is not a command.
 */
export function readSipCommand(body: unknown): SipCommand {
  const fields = record({ body }, 'body');
  const command = text(fields, 'command');
  switch (command) {
    case 'set-fault': {
      const host = text(fields, 'host');
      if (fields['fault'] === undefined) return { command, host };
      return { command, host, fault: faultOf(record(fields, 'fault')) };
    }
    case 'set-stun':
      return { command, behaviour: oneOf(fields, 'behaviour', stunBehaviours) };
    case 'configure':
      return { command, settings: settingsOf(record(fields, 'settings')) };
    case 'put-device':
      return { command, device: deviceOf(record(fields, 'device')) };
    case 'call':
      return { command, target: text(fields, 'target') };
    case 'hang-up':
      return { command, id: text(fields, 'id') };
    case 'ask':
      return { command, target: text(fields, 'target'), method: oneOf(fields, 'method', ['OPTIONS', 'NOTIFY']) };
    default:
      return { command: oneOf(fields, 'command', plainCommands) };
  }
}

/**
 * Calls what a command names, and gives what that gave.
 * @throws FairleadError `node.not-found` for an unknown host, call or target.
 */
export function runSipCommand(control: SipControl, command: SipCommand): Promise<unknown> {
  switch (command.command) {
    case 'set-fault':
      return control.setFault(command.host, command.fault);
    case 'set-stun':
      return control.setStun(command.behaviour);
    case 'configure':
      return control.configure(command.settings);
    case 'put-device':
      return control.putDevice(command.device);
    case 'call':
      return control.call(command.target);
    case 'hang-up':
      return control.hangUp(command.id);
    case 'ask':
      return control.ask(command.target, command.method);
    case 'registrations':
      return control.registrations();
    case 'registered':
      return control.registered();
    case 'forget-registrations':
      return control.forgetRegistrations();
    case 'calls':
      return control.calls();
    case 'record':
      return control.record();
    case 'forget-record':
      return control.forgetRecord();
  }
}
