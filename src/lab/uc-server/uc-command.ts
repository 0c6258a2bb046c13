import { FairleadError } from '../../errors.js';
import { isRecord } from '../../model/json.js';
import type { UcControl } from './uc-control.js';
import type { UcFault } from './uc-fault.js';
import type { NewUcUser, UcDevice } from './uc-model.js';

/** A call of `UcControl` as it travels to the control endpoint. */
export type UcCommand =
  | { readonly command: 'set-fault'; readonly host: string; readonly fault?: UcFault }
  | { readonly command: 'set-latency'; readonly host: string; readonly latencyMs: number }
  | { readonly command: 'set-password'; readonly userName: string; readonly password: string }
  | { readonly command: 'set-enabled'; readonly userName: string; readonly enabled: boolean }
  | { readonly command: 'put-user'; readonly user: Pick<NewUcUser, 'userName' | 'password' | 'devices'> }
  | { readonly command: 'set-listed'; readonly host: string; readonly listed: boolean }
  | { readonly command: 'forget-record' };

type Fields = Readonly<Record<string, unknown>>;

const plainFaults = [
  'refuse',
  'hang',
  'unauthorized',
  'malformed',
  'other-document',
  'entity-bomb',
  'truncated',
  'endless',
  'wrong-certificate',
] as const;

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new FairleadError('node.bad-request', `${name} is not a text`);
}

function flag(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (typeof value === 'boolean') return value;
  throw new FairleadError('node.bad-request', `${name} is neither true nor false`);
}

function whole(fields: Fields, name: string, least: number, most: number): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new FairleadError('node.bad-request', `${name} is not a whole number from ${least} to ${most}`);
}

function record(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (isRecord(value)) return value;
  throw new FairleadError('node.bad-request', `${name} is not an object`);
}

function faultOf(fields: Fields): UcFault {
  const type = text(fields, 'type');
  if (type === 'status') return { type, status: whole(fields, 'status', 400, 599) };
  if (type === 'drip') return { type, pauseMs: whole(fields, 'pauseMs', 1, 60_000) };
  const plain = plainFaults.find((one) => one === type);
  if (plain !== undefined) return { type: plain };
  throw new FairleadError(
    'node.bad-request',
    `"${type}" is no fault; there are status, drip, ${plainFaults.join(', ')}`,
  );
}

const mostDevices = 1000;

function devicesOf(user: Fields): readonly UcDevice[] {
  const devices = user['devices'];
  if (!Array.isArray(devices) || devices.length > mostDevices) {
    throw new FairleadError('node.bad-request', `devices is not a list of at most ${mostDevices}`);
  }
  return devices.map((value: unknown) => {
    const device = record({ device: value }, 'device');
    return {
      id: text(device, 'id'),
      name: text(device, 'name'),
      model: text(device, 'model'),
      description: text(device, 'description'),
      protocol: device['protocol'] === 'SCCP' ? 'SCCP' : 'SIP',
    };
  });
}

/**
 * Reads a command that came over the wire.
 * @throws FairleadError `node.bad-request` for anything that is not a command.
 */
export function readUcCommand(body: unknown): UcCommand {
  const fields = record({ body }, 'body');
  const command = text(fields, 'command');
  switch (command) {
    case 'set-fault': {
      const host = text(fields, 'host');
      return fields['fault'] === undefined
        ? { command, host }
        : { command, host, fault: faultOf(record(fields, 'fault')) };
    }
    case 'set-latency':
      return { command, host: text(fields, 'host'), latencyMs: whole(fields, 'latencyMs', 0, 600_000) };
    case 'set-password':
      return { command, userName: text(fields, 'userName'), password: text(fields, 'password') };
    case 'set-enabled':
      return { command, userName: text(fields, 'userName'), enabled: flag(fields, 'enabled') };
    case 'put-user': {
      const user = record(fields, 'user');
      const known = { userName: text(user, 'userName'), password: text(user, 'password') };
      return { command, user: user['devices'] === undefined ? known : { ...known, devices: devicesOf(user) } };
    }
    case 'set-listed':
      return { command, host: text(fields, 'host'), listed: flag(fields, 'listed') };
    case 'forget-record':
      return { command };
    default:
      throw new FairleadError('node.bad-request', `"${command}" is no command of the stand-in`);
  }
}

/**
 * Calls what a command names.
 * @throws FairleadError `node.not-found` for an unknown host or user.
 */
export function runUcCommand(control: UcControl, command: UcCommand): Promise<void> {
  switch (command.command) {
    case 'set-fault':
      return control.setFault(command.host, command.fault);
    case 'set-latency':
      return control.setLatency(command.host, command.latencyMs);
    case 'set-password':
      return control.setPassword(command.userName, command.password);
    case 'set-enabled':
      return control.setEnabled(command.userName, command.enabled);
    case 'put-user':
      return control.putUser(command.user);
    case 'set-listed':
      return control.setListed(command.host, command.listed);
    case 'forget-record':
      return control.forgetRecord();
  }
}
