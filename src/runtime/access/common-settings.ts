import { FairleadError } from '../../errors.js';
import type { AccessControlSpec, HttpTransportSpec } from '../../model/generated/kinds.js';
import { defaultResource } from '../../model/defaults.js';
import { type Snapshot, singleOf } from '../../model/snapshot.js';

function unsupported(field: string, why: string): FairleadError {
  return new FairleadError('node.unsupported', `${field} is not implemented yet: ${why}`);
}

/**
 * The AccessControl of a snapshot, or the defaults.
 * @throws FairleadError `node.unsupported` for OAuth sign-in and SSO discovery at the home cluster.
 */
export function accessControlOf(snapshot: Snapshot): AccessControlSpec {
  const { spec } = singleOf(snapshot, 'AccessControl') ?? defaultResource('AccessControl');
  if (spec.signIn.oauthBearer) {
    throw unsupported('AccessControl/default signIn.oauthBearer true', 'users sign in with their credentials');
  }
  if (spec.ssoDiscovery.answer !== 'uniform') {
    throw unsupported(
      `AccessControl/default ssoDiscovery.answer ${spec.ssoDiscovery.answer}`,
      'everybody gets the same answer (uniform)',
    );
  }
  return spec;
}

/**
 * The HttpTransport of a snapshot, or the defaults.
 * @throws FairleadError `node.unsupported` for PROXY protocol sources.
 */
export function httpTransportOf(snapshot: Snapshot): HttpTransportSpec {
  const { spec } = singleOf(snapshot, 'HttpTransport') ?? defaultResource('HttpTransport');
  if (spec.proxyProtocolSources.length > 0) {
    throw unsupported('HttpTransport/default proxyProtocolSources', 'clients connect to the edge directly');
  }
  return spec;
}
