import { FairleadError } from '../../../errors.js';
import type { EdgeConfig } from '../../client/edge-config.js';
import type { LabClient } from '../../client/lab-client.js';
import type { PhoneTarget } from './phone-options.js';

/** The host and port of a Route or SIP URI. */
function hostOf(route: string): string {
  return /sips?:(?:[^@>]*@)?([^:;>]+)/i.exec(route)?.[1]?.toLowerCase() ?? '';
}

/** A Route as a header value: in angle brackets, which the edge config may have left out. */
function routeValue(route: string): string {
  return route.trim().startsWith('<') ? route.trim() : `<${route.trim()}>`;
}

/**
 * The targets that an edge config names: each route at the edge it belongs to, in their order.
 * A route that names no listed edge goes with every one of them.
 */
export function phoneTargets(config: EdgeConfig, addresses: Readonly<Record<string, string>>): readonly PhoneTarget[] {
  const hosts = config.sipServers.map(({ address }) => address.toLowerCase());
  return config.sipServers.flatMap(({ address, port }) => {
    const known = addresses[address];
    const flow = { protocol: 'TLS', host: address, port, ...(known === undefined ? {} : { address: known }) } as const;
    const routes = config.sipRoutes.filter((route) => {
      const host = hostOf(route);
      return host === address.toLowerCase() || !hosts.includes(host);
    });
    return routes.length === 0 ? [{ flow }] : routes.map((route) => ({ flow, route: routeValue(route) }));
  });
}

/**
 * Signs a user in over HTTPS, which admits all the user's devices, and gives the targets for their phones.
 * @throws FairleadError `lab.unexpected` when the sign-in fails or names no SIP server.
 */
export async function signInForPhones(
  client: LabClient,
  addresses: Readonly<Record<string, string>> = {},
): Promise<readonly [PhoneTarget, ...PhoneTarget[]]> {
  const { operation } = await client.signIn();
  const config = client.edgeConfig;
  if (operation.outcome !== 'ok' || config === undefined) {
    throw new FairleadError('lab.unexpected', `the sign-in ended with ${operation.outcome}: ${operation.error ?? ''}`);
  }
  const [first, ...others] = phoneTargets(config, addresses);
  if (first === undefined) throw new FairleadError('lab.unexpected', 'the edge config names no SIP server');
  return [first, ...others];
}
