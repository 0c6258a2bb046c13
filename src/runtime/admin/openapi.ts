import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifySchema } from 'fastify';
import type { AdminRoute } from './admin-route.js';

function referenceTo(name: string): object {
  return { $ref: `https://fairlead.dev/schemas/admin/${name}.schema.json#` };
}

/** What the OpenAPI document says of a route. */
export function describeRoute({ summary, scope, body, answer }: AdminRoute): FastifySchema {
  return {
    summary,
    description: `Needs the scope \`${scope}\`.`,
    security: [{ token: [] }],
    ...(body === undefined ? {} : { body: referenceTo(body) }),
    response: {
      '2xx': answer === undefined ? { description: summary } : referenceTo(answer),
      default: referenceTo('problem'),
    },
  };
}

/** Schemas are known in the document by their names in `schemas/admin`. */
function nameOf(id: unknown, index: number): string {
  const path = typeof id === 'string' ? id : '';
  return path.split('/').at(-1)?.replace('.schema.json', '') || `schema-${index}`;
}

/** How the OpenAPI 3.1 document of the admin interface is made from its routes. */
export function openapiOptions(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Fairlead node', description: 'The admin interface of an edge or a core.', version },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'Or a client certificate, without this header.' },
        },
      },
    },
    convertConstToEnum: false,
    refResolver: { buildLocalReference: (json, _baseUri, _fragment, index) => nameOf(json['$id'], index) },
  };
}
