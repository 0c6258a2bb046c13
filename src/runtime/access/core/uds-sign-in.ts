import { asFairleadError, FairleadError } from '../../../errors.js';
import { canonicalHost, isDnsName } from '../../../model/address.js';
import { isIP } from 'node:net';
import type { BasicCredentials } from '../basic-credentials.js';
import type { UcCluster } from './uc-cluster.js';
import type { UdsClient, UdsWord } from './uds-client.js';
import { childOf, childTexts, type XmlElement } from './xml.js';

/** What UDS says about a user that clients are told in turn. */
export interface UserProfile {
  /** Name of the user's home cluster. */
  readonly cluster: string;
  /** UDS hosts of it, preferred ones first; empty when it did not say. */
  readonly servers: readonly string[];
  readonly imAndPresence: readonly string[];
  /** What the user may register as: the names of the devices, and the user name. */
  readonly registrants: readonly string[];
}

/** The word of the UC servers on credentials. `forbidden`: they are right, but the user may not. */
export type SignInWord =
  | { readonly type: 'accepted'; readonly profile: UserProfile }
  | { readonly type: 'refused' }
  | { readonly type: 'forbidden' };

const maximumHosts = 64;
const maximumDevices = 63;

function hostsIn(texts: readonly string[]): readonly string[] {
  return texts
    .filter((text) => isIP(text) !== 0 || isDnsName(text))
    .slice(0, maximumHosts)
    .map(canonicalHost);
}

/** The names of the devices that speak SIP. */
function deviceNamesIn(document: XmlElement | undefined): readonly string[] {
  const devices = document?.children.filter(({ name }) => name === 'device') ?? [];
  const speakSip = devices.filter((device) => childOf(device, 'protocol')?.text !== 'SCCP');
  return speakSip.slice(0, maximumDevices).flatMap((device) => childOf(device, 'name')?.text ?? []);
}

function documentOf(word: UdsWord): XmlElement | undefined {
  return word.status === 200 ? word.document : undefined;
}

/**
 * The cluster that a home host belongs to. Only declared clusters get to see a password. A host that none of them names
 * is taken for a name of the only cluster, when there is one only.
 */
function clusterWith(host: string, answering: UcCluster, clusters: readonly UcCluster[]): UcCluster {
  const home = canonicalHost(host);
  const has = ({ publisher, servers }: UcCluster) => [publisher, ...servers].some((server) => server.host === home);
  const found = has(answering) ? answering : clusters.find(has);
  if (found !== undefined) return found;
  if (clusters.length === 1) return answering;
  throw new FairleadError('access.upstream-unreachable', `the home cluster ${home} is not declared`, {
    mend: `Declare a UnifiedCM that has ${home} as its publisher or among its nodes.`,
  });
}

/** One sign-in of one user against the declared clusters. */
class SignIn {
  readonly #uds: UdsClient;
  readonly #clusters: readonly UcCluster[];
  readonly #credentials: BasicCredentials;
  readonly #signal: AbortSignal;

  constructor(uds: UdsClient, clusters: readonly UcCluster[], credentials: BasicCredentials, signal: AbortSignal) {
    this.#uds = uds;
    this.#clusters = clusters;
    this.#credentials = credentials;
    this.#signal = signal;
  }

  async run(): Promise<SignInWord> {
    const home = await this.#findHome();
    const asked = home ?? this.#clusters[0];
    if (asked === undefined) throw new FairleadError('access.upstream-unreachable', 'no UnifiedCM is declared');
    const devices = await this.#askAsUser(asked, '/devices', 'devices');
    // An unknown user costs the same calls as a wrong password, so that timing does not tell them apart.
    if (home === undefined || devices.status === 401 || devices.status === 404) return { type: 'refused' };
    if (devices.status === 403) return { type: 'forbidden' };
    return { type: 'accepted', profile: await this.#readProfile(home, devices) };
  }

  /** Undefined when every cluster says that it has no such user. */
  async #findHome(): Promise<UcCluster | undefined> {
    const path = `/clusterUser?username=${encodeURIComponent(this.#credentials.username)}`;
    let failure: FairleadError | undefined;
    for (const cluster of this.#clusters) {
      try {
        const word = await this.#uds.ask(cluster, { path, root: 'result' }, this.#signal);
        const document = documentOf(word);
        if (document?.attributes.get('found') !== 'true') continue;
        const host = childOf(document, 'homeCluster')?.text ?? '';
        return host === '' ? cluster : clusterWith(host, cluster, this.#clusters);
      } catch (error) {
        failure = asFairleadError(error);
      }
    }
    if (failure === undefined) return undefined;
    throw failure;
  }

  #askAsUser(cluster: UcCluster, resource: string, root: string): Promise<UdsWord> {
    const { username, field } = this.#credentials;
    const path = `/user/${encodeURIComponent(username)}${resource}`;
    return this.#uds.ask(cluster, { path, root, authorization: field }, this.#signal);
  }

  /** The credentials are known to be right by now; what these calls do not say is made up for by what is declared. */
  async #readProfile(home: UcCluster, devices: UdsWord): Promise<UserProfile> {
    const quiet = () => undefined;
    const servers = await this.#uds
      .ask(home, { path: '/servers', root: 'servers' }, this.#signal)
      .then(documentOf, quiet);
    const user = await this.#askAsUser(home, '', 'user').then(documentOf, quiet);
    const presence = user === undefined ? undefined : childOf(user, 'imAndPresence');
    return {
      cluster: home.name,
      servers: servers === undefined ? [] : hostsIn(childTexts(servers, 'server')),
      imAndPresence: presence === undefined ? [] : hostsIn(childTexts(presence, 'server')),
      registrants: [...deviceNamesIn(documentOf(devices)), this.#credentials.username],
    };
  }
}

/**
 * Asks UDS whether credentials are right, with the user's own credentials: `clusterUser` on a server of each
 * cluster until one knows the user, then at the home cluster `devices`, whose 401 is the word that counts, `servers` and `user`.
 * @throws FairleadError `access.upstream-unreachable`, `access.upstream-malformed` when no word was to be had.
 */
export function signIn(
  uds: UdsClient,
  clusters: readonly UcCluster[],
  credentials: BasicCredentials,
  signal: AbortSignal,
): Promise<SignInWord> {
  return new SignIn(uds, clusters, credentials, signal).run();
}
