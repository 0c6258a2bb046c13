import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { asFairleadError } from '../../errors.js';
import { hasBearerToken } from '../http/bearer-token.js';
import { readJsonBody, sendJson } from '../http/json-exchange.js';
import { closeListener, listenOn } from '../listener.js';
import { readSipCommand, runSipCommand } from '../sip/registrar/sip-command.js';
import { readUcCommand, runUcCommand } from './uc-command.js';
import type { UcControl } from './uc-control.js';

const bodyLimitBytes = 64 * 1024;

/** Paths of the control endpoint: GET record, POST command and sip; every request carries the bearer token. */
export const ucControlPaths = { record: '/v1/record', command: '/v1/command', sip: '/v1/sip' } as const;

/** The loopback endpoint through which another process drives a stand-in (lab: plain HTTP, never beyond loopback). */
export class UcControlServer {
  readonly #control: UcControl;
  readonly #token: string;
  readonly #server: Server;

  constructor(control: UcControl, token: string) {
    this.#control = control;
    this.#token = token;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Listens on 127.0.0.1; port 0 takes a free one. Gives the port. */
  async start(port: number): Promise<number> {
    return await listenOn(this.#server, '127.0.0.1', port);
  }

  async stop(): Promise<void> {
    const closed = closeListener(this.#server);
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hasBearerToken(request, this.#token)) {
      sendJson(response, 401, { message: 'the bearer token is missing or wrong' });
      return;
    }
    try {
      await this.#answer(request, response);
    } catch (error) {
      const { code, message } = asFairleadError(error);
      sendJson(response, code === 'node.not-found' ? 404 : 400, { code, message });
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET' && request.url === ucControlPaths.record) {
      sendJson(response, 200, await this.#control.record());
    } else if (request.method === 'POST' && request.url === ucControlPaths.command) {
      await runUcCommand(this.#control, readUcCommand(await readJsonBody(request, bodyLimitBytes)));
      sendJson(response, 200, {});
    } else if (request.method === 'POST' && request.url === ucControlPaths.sip) {
      const command = readSipCommand(await readJsonBody(request, bodyLimitBytes));
      sendJson(response, 200, { result: await runSipCommand(this.#control.sip, command) });
    } else {
      sendJson(response, 404, { message: `there is no ${request.method ?? ''} ${request.url ?? ''}` });
    }
  }
}
