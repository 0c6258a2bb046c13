import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { adminPaths } from '../../admin/contract.js';
import { FairleadError } from '../../errors.js';
import type { Clock, Timer } from '../../platform/clock.js';
import type { NodeEvents, NumberedEvent } from '../node-events.js';
import type { AdminRoute } from './admin-route.js';

const mostClients = 64;
const mostBufferedBytes = 256 * 1024;
const heartbeatMs = 15_000;

const reset = 'event: reset\ndata: {"type":"reset"}\n\n';

function textOf({ id, event }: NumberedEvent): string {
  return `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The server-sent event stream (WHATWG HTML, section 9.2): bounded clients, bounded buffers, resumable. */
export class EventStream {
  readonly #clients = new Set<ServerResponse>();

  constructor(
    private readonly events: NodeEvents,
    private readonly clock: Clock,
  ) {}

  route(): AdminRoute {
    return {
      method: 'GET',
      path: adminPaths.events,
      scope: 'read',
      summary: 'Events as a server-sent stream; takes Last-Event-ID',
      answer: 'node-event',
      handle: (request, reply) => this.#open(request, reply),
    };
  }

  /** Ends every stream. */
  close(): void {
    for (const client of this.#clients) client.end();
  }

  #open(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (this.#clients.size >= mostClients) {
      throw new FairleadError('node.busy', `${mostClients} clients read events, which is the limit`);
    }
    const lastId = request.headers['last-event-id'];
    reply.hijack();
    const client = reply.raw;
    client.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    client.write(`retry: 2000\n\n${this.#missed(lastId)}`);
    this.#follow(client);
    return reply;
  }

  #missed(lastId: string | readonly string[] | undefined): string {
    if (typeof lastId !== 'string') return '';
    return this.events.after(lastId)?.map(textOf).join('') ?? reset;
  }

  #follow(client: ServerResponse): void {
    const unsubscribe = this.events.subscribe((event) => this.#write(client, textOf(event)));
    const beat = (): Timer =>
      this.clock.after(
        heartbeatMs,
        () => {
          this.#write(client, ': still here\n\n');
          heartbeat = beat();
        },
        { idle: true },
      );
    let heartbeat = beat();
    this.#clients.add(client);
    client.on('error', () => client.destroy());
    client.once('close', () => {
      this.#clients.delete(client);
      heartbeat.cancel();
      unsubscribe();
    });
  }

  /** A client that does not read is cut off: it comes back with the id of what it saw last. */
  #write(client: ServerResponse, text: string): void {
    if (client.writableLength > mostBufferedBytes) client.destroy();
    else client.write(text);
  }
}
