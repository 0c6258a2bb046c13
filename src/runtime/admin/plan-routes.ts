import type { FastifyReply, FastifyRequest } from 'fastify';
import { adminPaths, type ConfirmRequest, type PlanReference, type Receipt } from '../../admin/contract.js';
import { digestOfIfMatch } from '../../admin/etag.js';
import { FairleadError } from '../../errors.js';
import type { SchemaCheck } from '../../model/schema-check.js';
import type { Activation } from '../config-store.js';
import type { AdminBackend } from './admin-backend.js';
import { actorOf, type AdminRoute, bodyOf, paramOf } from './admin-route.js';
import { sendStatus } from './problem-reply.js';

/** The bodies that these routes take. */
export interface PlanBodies {
  readonly activate: SchemaCheck<Omit<Activation, 'ifMatch'>>;
  readonly confirm: SchemaCheck<ConfirmRequest>;
  readonly planReference: SchemaCheck<PlanReference>;
}

/** What the reconciler does with a plan on this node. */
export function planRoutes({ store, checkpoint }: AdminBackend, bodies: PlanBodies): readonly AdminRoute[] {
  async function activate(request: FastifyRequest, reply: FastifyReply): Promise<Receipt | FastifyReply> {
    const header = request.headers['if-match'];
    const ifMatch = header === undefined ? undefined : digestOfIfMatch(header);
    if (ifMatch === undefined) {
      const message = 'activate needs If-Match with the one digest the plan was made from';
      sendStatus(reply, header === undefined ? 428 : 400, new FairleadError('node.bad-request', message));
      return reply;
    }
    const receipt = await store.activate({ ...bodyOf(request, bodies.activate), ifMatch });
    checkpoint('answer activate');
    return receipt;
  }

  async function confirm(request: FastifyRequest): Promise<Receipt> {
    const { planId, leftBehind } = bodyOf(request, bodies.confirm);
    const receipt = await store.confirm(planId, leftBehind);
    checkpoint('answer confirm');
    return receipt;
  }

  async function revert(request: FastifyRequest): Promise<Receipt> {
    const { planId } = bodyOf(request, bodies.planReference);
    const receipt = await store.revert(planId, `${actorOf(request)} asked for it`);
    checkpoint('answer revert');
    return receipt;
  }

  return [
    {
      method: 'POST',
      path: adminPaths.activate,
      scope: 'apply',
      summary: 'Makes a snapshot live until it is confirmed; needs If-Match',
      body: 'activate-request',
      answer: 'receipt',
      handle: activate,
    },
    {
      method: 'POST',
      path: adminPaths.confirm,
      scope: 'apply',
      summary: 'Makes a pending plan final',
      body: 'confirm-request',
      answer: 'receipt',
      handle: confirm,
    },
    {
      method: 'POST',
      path: adminPaths.revert,
      scope: 'apply',
      summary: 'Puts back what was confirmed before a pending plan',
      body: 'plan-reference',
      answer: 'receipt',
      handle: revert,
    },
    {
      method: 'GET',
      path: `${adminPaths.receipts}/:planId`,
      scope: 'read',
      summary: 'What became of a plan',
      answer: 'receipt',
      handle: (request) => store.receipt(paramOf(request, 'planId')),
    },
  ];
}
