import type { EdgeWord } from '../internal-fields.js';
import type { CoreSettings } from './core-settings.js';
import { edgeConfigDocument, type ServiceServer } from './edge-config-document.js';
import type { UcCluster } from './uc-cluster.js';
import type { UserProfile } from './uds-sign-in.js';

/** Services a client gets when it asks for none, as some endpoints do. */
const usualServices = ['_cisco-uds', '_cuplogin'] as const;
const maximumServices = 16;
const serviceForm = /^[A-Za-z0-9_-]{1,64}$/;
/** Port on which IM and Presence answers sign-ins over HTTPS. */
const presencePort = 8443;

/** The service names that a query asks for; undefined when one is no name, or there are too many. */
export function requestedServices(query: string): readonly string[] | undefined {
  const names = new URLSearchParams(query).getAll('service_name');
  if (names.length === 0) return usualServices;
  if (names.length > maximumServices || !names.every((name) => serviceForm.test(name))) return undefined;
  return [...new Set(names)];
}

/** The UDS servers of the user's home: as UDS itself named them, else as they are declared. */
function udsServers(home: UcCluster | undefined, profile: UserProfile | undefined): readonly ServiceServer[] {
  if (home === undefined) return [];
  const named = profile?.servers ?? [];
  const hosts = named.length > 0 ? named : home.servers.map(({ host }) => host);
  return hosts.map((host) => ({ host, port: home.udsPort }));
}

/** The edge-config document for one user, or undefined when the domain is not served. */
export function edgeConfigFor(
  services: readonly string[],
  domainName: string,
  profile: UserProfile | undefined,
  edge: Pick<EdgeWord, 'edgeName' | 'edgePort' | 'sipPort'> & { readonly core: string | undefined },
  { domains, clusters }: Pick<CoreSettings, 'domains' | 'clusters'>,
): string | undefined {
  const domain = domains.get(domainName);
  if (domain === undefined) return undefined;
  const home = clusters.find(({ name }) => name === profile?.cluster) ?? clusters[0];
  const uds = udsServers(home, profile);
  const known = new Map<string, readonly ServiceServer[]>([
    ['_cisco-uds', uds],
    ['_cuplogin', (profile?.imAndPresence ?? []).map((host) => ({ host, port: presencePort }))],
  ]);
  return edgeConfigDocument({
    services: new Map(services.map((name) => [name, known.get(name) ?? []])),
    edgeName: edge.edgeName,
    edgePort: edge.edgePort,
    sipPort: edge.sipPort,
    core: edge.core,
    domain,
    userUds: uds[0],
  });
}
