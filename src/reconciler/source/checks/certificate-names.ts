import { canonicalAddress } from '../../../model/address.js';
import { kindInfo } from '../../../model/kinds.js';
import { newFieldFinder } from '../../../model/schema-fields.js';
import type { Finding } from '../finding.js';
import { findingOn, type ValidResource } from '../layered.js';
import type { CheckedCluster } from './cluster-check.js';

const hosts = newFieldFinder(({ format }) => format === 'host');

/** Tells whether a resource verifies the certificates of the hosts that it names. */
function verifies({ resource }: ValidResource): boolean {
  const tls = kindInfo(resource.kind).schema.properties?.['spec']?.properties?.['tls'];
  if (tls?.properties?.['verify'] === undefined) return false;
  return 'tls' in resource.spec && resource.spec.tls.verify;
}

/** Servers named by an IP address while their certificates are verified: no UC server's certificate names an address. */
export function unverifiableHosts({ resources }: CheckedCluster): readonly Finding[] {
  return resources.filter(verifies).flatMap((resource) =>
    hosts(resource.resource.kind, resource.value).flatMap(({ pointer, value }) => {
      if (typeof value !== 'string' || canonicalAddress(value) === undefined) return [];
      const message = `${value} is an IP address, which no certificate of a UC server names, and tls.verify is on`;
      return findingOn(resource, { code: 'resource.tls-address', pointer, message, found: value, allowed: 'an FQDN' });
    }),
  );
}
