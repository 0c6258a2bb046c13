import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../platform/clock.js';
import { type Answer, answers, send, unavailable } from '../answer.js';

/** Requests of one connection that may be in flight; nobody who waits for answers has more than one or two. */
const maximumPipelined = 16;
/** Time for a refusal to be read before the connection is destroyed. */
const lingerMs = 1000;

interface Conversation {
  inFlight: number;
  latest: ServerResponse | undefined;
}

export interface ConversationEvents {
  request(request: IncomingMessage, response: ServerResponse): void;
  refused(address: string, status: number): void;
}

/** Handlers for the events of an HTTP server, which refuse in one place what is not a request in good order. */
export interface Conversations {
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onConnect: (request: IncomingMessage, socket: Duplex) => void;
  readonly onError: (error: Error, socket: Duplex) => void;
  readonly onSecure: (socket: Duplex) => void;
  /** Closes the connections that wait for a request, and from now on each one as soon as it does. */
  closeIdle(): void;
}

const requestTimeout: Answer = { status: 408, text: 'The request came too slowly.' };
const refusals: Readonly<Record<string, Answer>> = {
  ERR_HTTP_REQUEST_TIMEOUT: requestTimeout,
  HPE_HEADER_OVERFLOW: answers.fieldsTooLarge,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: answers.bodyTooLarge,
};

/** The answer to what the parser gave up on; undefined for an error of TLS or TCP, which nothing answers. */
function refusalOf(error: Error): Answer | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return refusals[code] ?? (code.startsWith('HPE_') ? answers.malformed : undefined);
}

function addressOf(socket: Duplex): string {
  return 'remoteAddress' in socket && typeof socket.remoteAddress === 'string' ? socket.remoteAddress : '';
}

export function newConversations(events: ConversationEvents, clock: Clock): Conversations {
  const conversations = new Map<Duplex, Conversation>();
  /** What still comes on these errs as well; destroying them for it could take the refusal away from the client. */
  const refused = new WeakSet<Duplex>();

  let closing = false;

  function onSecure(socket: Duplex): Conversation {
    const conversation: Conversation = { inFlight: 0, latest: undefined };
    conversations.set(socket, conversation);
    socket.once('close', () => conversations.delete(socket));
    return conversation;
  }

  function begin(socket: Duplex, response: ServerResponse): number {
    const conversation = conversations.get(socket) ?? onSecure(socket);
    conversation.inFlight += 1;
    conversation.latest = response;
    response.once('close', () => {
      conversation.inFlight -= 1;
      if (closing && conversation.inFlight === 0) socket.end();
    });
    return conversation.inFlight;
  }

  function refuse(socket: Duplex, { status }: Answer): void {
    refused.add(socket);
    events.refused(addressOf(socket), status);
    socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    clock.after(lingerMs, () => socket.destroy(), { idle: true });
  }

  return {
    onSecure,
    closeIdle() {
      closing = true;
      for (const [socket, { inFlight }] of conversations) if (inFlight === 0) socket.destroy();
    },
    onRequest(request, response) {
      if (begin(request.socket, response) <= maximumPipelined) {
        events.request(request, response);
        return;
      }
      events.refused(addressOf(request.socket), 503);
      send(response, { ...unavailable('Too many requests at once.'), fields: { connection: 'close' } });
    },
    onConnect: (_, socket) => refuse(socket, answers.malformed),
    onError(error, socket) {
      if (refused.has(socket)) return;
      const refusal = refusalOf(error);
      const { inFlight, latest } = conversations.get(socket) ?? { inFlight: 0, latest: undefined };
      if (refusal === undefined || !socket.writable) socket.destroy();
      else if (inFlight === 0 || latest === undefined) refuse(socket, refusal);
      // Before an answer could be told from those that are still to come, or from the rest of the one that began.
      else if (latest.headersSent || latest.req.complete) socket.destroy();
      else send(latest, { ...refusal, fields: { connection: 'close' } });
    },
  };
}
