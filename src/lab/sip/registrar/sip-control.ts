import type { RegistrarSettings, SipDevice } from './registrar-settings.js';
import type { Registration } from './registration-table.js';
import type { SipFault, StunBehaviour } from './sip-fault.js';
import type { SipRecord } from './sip-record.js';

/** A call that the stand-in controls, as it is at the moment. */
export interface UcCall {
  readonly id: string;
  /** Line of the caller; `lab` for a call that a command made. */
  readonly caller: string;
  /** What was dialled. */
  readonly callee: string;
  readonly state: 'calling' | 'ringing' | 'answered' | 'ended';
  /** Why it ended: `bye`, `cancel`, `silence`, or the status that refused it. */
  readonly end?: string;
  /** From the INVITE to the 200, once there is one. */
  readonly answeredAfterMs?: number;
}

/** How tests, demo and benchmarks drive the SIP side of a stand-in Unified CM, in this process or over its control endpoint. */
export interface SipControl {
  /** Makes the SIP side of a node fail until it is called without a fault. */
  setFault(host: string, fault?: SipFault): Promise<void>;
  /** How every node treats STUN from now on. */
  setStun(behaviour: StunBehaviour): Promise<void>;
  configure(settings: Partial<RegistrarSettings>): Promise<void>;
  /** Adds or replaces a device. */
  putDevice(device: SipDevice): Promise<void>;
  registrations(): Promise<readonly Registration[]>;
  /** How many devices are registered. */
  registered(): Promise<number>;
  /** Forgets every registration, as a restarted CallManager service does. */
  forgetRegistrations(): Promise<void>;
  /** Calls a device or line; resolves when the call is answered or over. */
  call(target: string): Promise<UcCall>;
  /** Ends a call on all sides. */
  hangUp(id: string): Promise<void>;
  /** Calls under way, and the newest 1,000 that are over. */
  calls(): Promise<readonly UcCall[]>;
  /** Sends a request outside any call to a device or line, such as OPTIONS; gives the status, undefined for none. */
  ask(target: string, method: 'OPTIONS' | 'NOTIFY'): Promise<number | undefined>;
  record(): Promise<SipRecord>;
  forgetRecord(): Promise<void>;
}
