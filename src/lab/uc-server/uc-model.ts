import { createHash } from 'node:crypto';

/** A phone or soft client of a user. */
export interface UcDevice {
  /** The pkid: lower-case hex in groups, unique over the cluster. */
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly description: string;
  readonly protocol: 'SIP' | 'SCCP';
}

/** An end user as the stand-in keeps it. */
export interface UcUser {
  /** The pkid, like a device's. */
  readonly id: string;
  readonly userName: string;
  readonly password: string;
  readonly displayName: string;
  readonly email: string;
  readonly directoryUri: string;
  /** Off, every password is refused. */
  readonly enabled: boolean;
  /** Member of "Standard CCM End Users"; others get 403 with the right password. */
  readonly endUser: boolean;
  /** Where the user lives when it is another cluster. */
  readonly remoteHomeHost?: string;
  readonly devices: readonly UcDevice[];
}

/** A node of the cluster as its documents name it. */
export interface UcNodeEntry {
  readonly host: string;
  /** Off, `servers` does not name it: it was removed from the cluster. */
  readonly listed: boolean;
}

/** What a UC cluster knows; every node of it answers from the same value. */
export interface UcModel {
  /** The Unified CM version, as x.y.z. */
  readonly version: string;
  /** The version of the UDS schema, which stands in attributes. */
  readonly schemaVersion: string;
  /** In order of preference; the first is the publisher. */
  readonly nodes: readonly UcNodeEntry[];
  /** The UDS port of every node. */
  readonly port: number;
  /** By user name in lower case. */
  readonly users: ReadonlyMap<string, UcUser>;
}

/** The user of a name, whose case does not matter. */
export function findUser(model: UcModel, userName: string): UcUser | undefined {
  return model.users.get(userName.toLowerCase());
}

/** A model with a user added or replaced. */
export function withUser(model: UcModel, user: UcUser): UcModel {
  return { ...model, users: new Map(model.users).set(user.userName.toLowerCase(), user) };
}

/** What must be said of a new user; the rest follows from it. */
export type NewUcUser = Pick<UcUser, 'userName' | 'password'> & Partial<UcUser>;

/** A user of the domain with one soft client, unless the options say otherwise. */
export function newUcUser(options: NewUcUser, domain: string): UcUser {
  const address = `${options.userName.toLowerCase()}@${domain}`;
  const device: UcDevice = {
    id: pkidOf(`device ${options.userName}`),
    name: `CSF${options.userName.toUpperCase()}`,
    model: 'Cisco Unified Client Services Framework',
    description: `Soft client of ${options.userName}`,
    protocol: 'SIP',
  };
  return {
    id: pkidOf(`user ${options.userName}`),
    displayName: options.userName,
    email: address,
    directoryUri: address,
    enabled: true,
    endUser: true,
    devices: [device],
    ...options,
  };
}

function pkidOf(text: string): string {
  const hex = createHash('sha256').update(text.toLowerCase()).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
