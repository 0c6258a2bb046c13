import type { SipControl } from '../sip/registrar/sip-control.js';
import type { UcFault } from './uc-fault.js';
import type { NewUcUser } from './uc-model.js';
import type { UcCounts, UcRequest } from './uc-request-log.js';

/** What reached the stand-in. */
export interface UcRecord {
  readonly counts: UcCounts;
  /** The newest 10,000, oldest first. */
  readonly requests: readonly UcRequest[];
  readonly unscripted: readonly UcRequest[];
}

/** How tests, demo and benchmarks drive a stand-in Unified CM, in this process or over its control endpoint. */
export interface UcControl {
  /** Its registrar and call control. */
  readonly sip: SipControl;
  /** Makes a node fail until it is called without a fault. */
  setFault(host: string, fault?: UcFault): Promise<void>;
  /** Latency added to every answer of a node. */
  setLatency(host: string, latencyMs: number): Promise<void>;
  setPassword(userName: string, password: string): Promise<void>;
  /** A user that is not enabled is refused whatever the password. */
  setEnabled(userName: string, enabled: boolean): Promise<void>;
  /** Adds or replaces a user. */
  putUser(user: NewUcUser): Promise<void>;
  /** Whether `servers` names a node. */
  setListed(host: string, listed: boolean): Promise<void>;
  record(): Promise<UcRecord>;
  forgetRecord(): Promise<void>;
}
