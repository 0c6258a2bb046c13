import type { FastifyReply } from 'fastify';
import { adminPaths, type LiveAnswer, type ReadyAnswer } from '../../admin/contract.js';
import { FairleadError } from '../../errors.js';
import type { Health } from '../../model/health.js';
import type { Clock } from '../../platform/clock.js';
import { TimeLimitReached } from '../../platform/time-limit.js';
import type { AdminBackend } from './admin-backend.js';
import type { AdminRoute } from './admin-route.js';

const probeLimitMs = 60_000;
const mostProbes = 4;

/** How the node is: for people, monitoring systems and the reconciler. */
export function statusRoutes(backend: AdminBackend, clock: Clock): readonly AdminRoute[] {
  let probes = 0;

  async function probe(): Promise<Health> {
    if (probes >= mostProbes) throw new FairleadError('node.busy', `${probes} probes run, which is the limit`);
    const limit = new AbortController();
    const timer = clock.after(probeLimitMs, () => limit.abort(new TimeLimitReached(probeLimitMs)));
    probes += 1;
    try {
      return await backend.probe(limit.signal);
    } finally {
      timer.cancel();
      probes -= 1;
    }
  }

  function ready(): ReadyAnswer {
    const { ready: isReady, notReadyReason, maintenance } = backend.status();
    if (isReady) return { ready: true, ...(maintenance && { note: '(Maintenance Mode)' }) };
    throw new FairleadError('node.not-ready', notReadyReason ?? 'the node is not ready');
  }

  function live(): LiveAnswer {
    return { live: true };
  }

  async function metrics(reply: FastifyReply): Promise<string> {
    reply.type('text/plain; version=0.0.4; charset=utf-8');
    return await backend.metrics();
  }

  return [
    {
      method: 'POST',
      path: adminPaths.probe,
      scope: 'operate',
      summary: 'Tries the data path now',
      answer: 'health',
      handle: probe,
    },
    {
      method: 'GET',
      path: adminPaths.status,
      scope: 'read',
      summary: 'What the node is, serves and sees',
      answer: 'node-status',
      handle: () => backend.status(),
    },
    {
      method: 'GET',
      path: adminPaths.live,
      scope: 'read',
      summary: 'Whether the process answers',
      answer: 'live-answer',
      handle: live,
    },
    {
      method: 'GET',
      path: adminPaths.ready,
      scope: 'read',
      summary: 'Whether the node serves',
      answer: 'ready-answer',
      handle: ready,
    },
    {
      method: 'GET',
      path: adminPaths.metrics,
      scope: 'read',
      summary: 'Metrics in the Prometheus exposition format',
      handle: (_request, reply) => metrics(reply),
    },
  ];
}
