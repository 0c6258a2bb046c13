import type { FastifyReply, FastifyRequest } from 'fastify';
import { adminPaths, type EditAnswer } from '../../admin/contract.js';
import { digestOfIfMatch, formatEtag, isNoneMatch } from '../../admin/etag.js';
import { FairleadError } from '../../errors.js';
import { isRecord } from '../../model/json.js';
import { isKind } from '../../model/kinds.js';
import { documentOf, type Resource, type ResourceKey, type SnapshotDocument } from '../../model/snapshot.js';
import type { Edit } from '../config-store.js';
import type { AdminBackend } from './admin-backend.js';
import { actorOf, type AdminRoute, paramOf } from './admin-route.js';

function keyIn(request: FastifyRequest): ResourceKey {
  const [kind, name] = [paramOf(request, 'kind'), paramOf(request, 'name')];
  if (!isKind(kind)) throw new FairleadError('node.not-found', `there is no kind ${kind.slice(0, 64)}`);
  return `${kind}/${name}`;
}

/** The digest that an optional `If-Match` names. */
function optionalMatch({ headers }: FastifyRequest): string | undefined {
  const header = headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  const digest = digestOfIfMatch(header);
  if (digest !== undefined) return digest;
  throw new FairleadError('node.bad-request', 'If-Match must be one strong entity tag');
}

function putOf(request: FastifyRequest): Edit {
  const { body } = request;
  const key = keyIn(request);
  const metadata = isRecord(body) && isRecord(body['metadata']) ? body['metadata'] : {};
  const named = isRecord(body) ? `${String(body['kind'])}/${String(metadata['name'])}` : '';
  if (named === key) return { action: 'put', resource: body, actor: actorOf(request), ifMatch: optionalMatch(request) };
  throw new FairleadError('node.bad-request', `the path names ${key}, the body another kind or name`);
}

/** What the node serves, whole and by resource, and an operator's edits of it. */
export function snapshotRoutes({ store }: AdminBackend): readonly AdminRoute[] {
  function readSnapshot({ headers }: FastifyRequest, reply: FastifyReply): SnapshotDocument | undefined {
    const { snapshot, digest } = store.view();
    reply.header('etag', formatEtag(digest));
    const known = headers['if-none-match'];
    if (known === undefined || !isNoneMatch(known, digest)) return documentOf(snapshot);
    reply.code(304);
    return undefined;
  }

  function readResource(request: FastifyRequest, reply: FastifyReply): Resource {
    const { snapshot, digest } = store.view();
    const key = keyIn(request);
    const resource = snapshot.resources.get(key);
    if (resource === undefined) throw new FairleadError('node.not-found', `there is no ${key} on this node`);
    reply.header('etag', formatEtag(digest));
    return resource;
  }

  async function edit(made: Edit, reply: FastifyReply): Promise<EditAnswer> {
    const digest = await store.edit(made);
    reply.header('etag', formatEtag(digest));
    return { digest };
  }

  const resource = `${adminPaths.resources}/:kind/:name`;
  return [
    {
      method: 'GET',
      path: adminPaths.snapshot,
      scope: 'read',
      summary: 'What the node serves; its digest is the entity tag',
      answer: 'snapshot-document',
      handle: readSnapshot,
    },
    {
      method: 'GET',
      path: resource,
      scope: 'read',
      summary: 'One resource; the entity tag is that of the whole snapshot',
      handle: readResource,
    },
    {
      method: 'PUT',
      path: resource,
      scope: 'operate',
      summary: 'Creates or replaces one resource at once, by hand',
      answer: 'edit-answer',
      handle: (request, reply) => edit(putOf(request), reply),
    },
    {
      method: 'DELETE',
      path: resource,
      scope: 'operate',
      summary: 'Deletes one resource at once, by hand',
      answer: 'edit-answer',
      handle: (request, reply) => {
        const [key, actor, ifMatch] = [keyIn(request), actorOf(request), optionalMatch(request)];
        return edit({ action: 'delete', key, actor, ifMatch }, reply);
      },
    },
  ];
}
