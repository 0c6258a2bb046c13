/** How the registrar differs from one release or configuration to the next. */
export interface RegistrarSettings {
  /** What every 200 grants, whatever was asked. */
  readonly expiresSeconds: number;
  /** `Server` of every answer. */
  readonly server: string;
  /** Whether its own requests open a connection to the address in Path or Contact, or take the one of the REGISTER. */
  readonly backConnections: 'new' | 'reuse';
  /** After which 200 a NOTIFY of waiting messages is sent. */
  readonly notify: 'new-registration' | 'every' | 'never';
  /** Agrees to `x-cisco-mra-ha=AR_SK`. */
  readonly adaptiveRouting: boolean;
  /** Adds `qop="auth"` to its challenges. */
  readonly qop: boolean;
  /** Takes devices that it does not know. */
  readonly autoRegistration: boolean;
  /** For the answer to a request of its own. */
  readonly requestTimeoutMs: number;
}

export const defaultRegistrarSettings: RegistrarSettings = {
  expiresSeconds: 120,
  server: 'Cisco-CUCM14.0',
  backConnections: 'new',
  notify: 'new-registration',
  adaptiveRouting: true,
  qop: false,
  autoRegistration: true,
  requestTimeoutMs: 5000,
};

/** A phone as the registrar's administrator configured it. */
export interface SipDevice {
  readonly name: string;
  /** What is dialled to reach it. */
  readonly number: string;
  /** `digest` and `oauth` come from its security profile; without one its name is enough. */
  readonly security: 'none' | 'digest' | 'oauth';
  readonly digestUser?: string;
  readonly digestPassword?: string;
  readonly token?: string;
}
