import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { FairleadError } from '../errors.js';

/** Names that are resolved without asking anybody; keys are lower case without a final dot. */
export type StaticHosts = ReadonlyMap<string, string>;

function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/**
 * Reads a map of host names to IP addresses, such as the `hosts` of a node's configuration.
 * @throws FairleadError `node.config` naming each value that is not an IPv4 or IPv6 address.
 */
export function newStaticHosts(hosts: Readonly<Record<string, string>>): StaticHosts {
  const wrong = Object.entries(hosts).filter(([, address]) => isIP(address) === 0);
  if (wrong.length > 0) {
    const details = wrong.map(([name, address]) => ({
      place: `hosts.${name}`,
      message: `"${address}" is not an IP address`,
    }));
    throw new FairleadError('node.config', 'hosts maps a name to something that is not an IP address', { details });
  }
  return new Map(Object.entries(hosts).map(([name, address]) => [canonicalName(name), address]));
}

/** A `lookup` for net, tls and undici that knows some names by itself and asks the system for the others. */
export function staticLookup(hosts: StaticHosts): LookupFunction {
  return (hostname, options, callback) => {
    const address = hosts.get(canonicalName(hostname));
    if (address === undefined) {
      lookup(hostname, options, callback);
      return;
    }
    const family = isIP(address);
    process.nextTick(() => {
      if (options.all === true) callback(null, [{ address, family }]);
      else callback(null, address, family);
    });
  };
}
