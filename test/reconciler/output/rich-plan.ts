import type { OperatorEdit, Plan } from '../../../src/model/plan.js';
import { planOf } from '../plan/fixture.js';
import type { NodeCase } from '../plan/fixture.js';

const edit: OperatorEdit = { key: 'Exemption/office', action: 'put', actor: 'ops-bob', time: '2026-03-02T11:00:00Z' };

function server(fingerprint: string): object {
  return {
    publisher: 'pub.example.com',
    credentials: { username: 'reader', passwordRef: { file: 'cucm/password', fingerprint } },
  };
}

const core: NodeCase = {
  observed: {
    'AuthorizationRateControl/default': { maximumAuthorizationsPerPeriod: 5 },
    'AllowRule/old': { url: 'https://old.example.com/', match: 'prefix', methods: ['GET'] },
    'Exemption/office': { range: '192.0.2.0/24', categories: ['sip-auth'], reason: 'By hand' },
    'UnifiedCM/emea': server('hmac-sha256:aaaa'),
    'Maintenance/night': { nodes: ['core-2'] },
  },
  edits: [edit],
  counts: { users: 1200, sessions: 12, registrations: 602 },
};

/** A plan with some of everything: two equal nodes, one of another role, one that does not answer, drift, a blocker. */
export function richPlan(): Plan {
  return planOf({
    name: 'some of everything',
    policy: {
      drift: { kinds: { Exemption: 'report' } },
      limits: { deletes: { number: 0 } },
      unreachableNodesTolerated: 1,
    },
    desired: {
      'AuthorizationRateControl/default': { maximumAuthorizationsPerPeriod: 3 },
      'AllowRule/updates': { url: 'https://updates.example.com/', match: 'exact', methods: ['GET'] },
      'Exemption/office': { range: '192.0.2.0/24', categories: ['sip-auth'] },
      'UnifiedCM/emea': server('hmac-sha256:bbbb'),
    },
    nodes: {
      'edge-1': {
        role: 'edge',
        observed: { 'Exemption/office': { range: '192.0.2.0/24', categories: ['sip-auth'] } },
        counts: { users: 2400, sessions: 24, registrations: 1204 },
      },
      'core-1': core,
      'core-2': core,
      'core-3': { unreachable: 'connection refused' },
    },
  });
}
