import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Server, createServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../../platform/clock.js';
import type { Credential } from '../certificates/authority.js';
import { closeListener, listenOn } from '../listener.js';
import { standInFor } from '../stand-in.js';
import { type UcFault, concernsConnections, deliveryUnder, sendEndlessly, sendHalf, spoil } from './uc-fault.js';
import type { UcModel } from './uc-model.js';
import type { UcRequestLog } from './uc-request-log.js';
import { type UdsAnswer, answerUds, challenge } from './uds-answer.js';

export interface UcNodeOptions {
  readonly host: string;
  /** A loopback address. */
  readonly address: string;
  readonly certificate: Credential;
  /** Shown under the fault `wrong-certificate`. */
  readonly wrongCertificate: Credential;
  /** The cluster as it is at the moment. */
  readonly model: () => UcModel;
  readonly log: UcRequestLog;
  readonly clock: Clock;
}

/** Clients that keep connections longer than this find them closed, as with a real server. */
const idleConnectionMs = 20_000;

/** One node of a stand-in Unified CM cluster: its HTTPS listener, and how it fails. */
export class UcNode {
  readonly #options: UcNodeOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  #fault: UcFault | undefined;
  #latencyMs = 0;
  #pauses = new AbortController();

  constructor(options: UcNodeOptions) {
    this.#options = options;
    const { certificate, key } = options.certificate;
    this.#server = createServer({ cert: certificate, key, keepAliveTimeout: idleConnectionMs });
    this.#server.on('request', (request, response) => void this.#serve(request, response));
    this.#server.on('connection', (socket: Socket) => {
      options.log.addConnection();
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get host(): string {
    return this.#options.host;
  }

  /** Listens; port 0 takes a free one. Gives the port. */
  async start(port: number): Promise<number> {
    this.#port = await listenOn(this.#server, this.#options.address, port);
    return this.#port;
  }

  async stop(): Promise<void> {
    const closed = closeListener(this.#server);
    this.#dropConnections();
    await closed;
  }

  /** Latency added to every answer. */
  setLatency(latencyMs: number): void {
    this.#latencyMs = latencyMs;
  }

  /** Fails in this way, or serves again; felt at once, so where the fault is one of connections they are cut. */
  async setFault(fault: UcFault | undefined): Promise<void> {
    const cut = concernsConnections(this.#fault) || concernsConnections(fault);
    this.#fault = fault;
    const { certificate, wrongCertificate } = this.#options;
    const shown = fault?.type === 'wrong-certificate' ? wrongCertificate : certificate;
    this.#server.setSecureContext({ cert: shown.certificate, key: shown.key });
    if (fault?.type === 'refuse') {
      await this.stop();
      return;
    }
    if (cut) this.#dropConnections();
    if (!this.#server.listening) await this.start(this.#port);
  }

  #dropConnections(): void {
    this.#pauses.abort();
    this.#pauses = new AbortController();
    for (const socket of this.#sockets) socket.destroy();
  }

  #record(request: IncomingMessage, answer: UdsAnswer, status: number | undefined): void {
    const { log, host, clock } = this.#options;
    log.add({
      time: new Date(clock.nowMs()).toISOString(),
      host,
      method: request.method ?? '',
      target: request.url ?? '',
      resource: answer.resource,
      userName: answer.userName,
      credentials: request.headers.authorization !== undefined,
      status,
    });
  }

  #answer(request: IncomingMessage, fault: UcFault | undefined): UdsAnswer {
    const { method = '', url: target = '', headers } = request;
    const { model, host } = this.#options;
    const answer = answerUds(model(), host, { method, target, authorization: headers.authorization });
    if (fault?.type !== 'unauthorized') return spoil(answer, fault);
    return { ...answer, status: 401, headers: { ...answer.headers, 'www-authenticate': challenge } };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const fault = this.#fault;
    const answer = this.#answer(request, fault);
    this.#record(request, answer, fault?.type === 'hang' ? undefined : answer.status);
    if (fault?.type === 'hang') return;
    if (this.#latencyMs > 0) await this.#pause(this.#latencyMs);
    if (!response.destroyed) await this.#send(response, answer, fault);
  }

  async #send(response: ServerResponse, answer: UdsAnswer, fault: UcFault | undefined): Promise<void> {
    const body = Buffer.from(answer.body);
    const delivery = deliveryUnder(fault);
    const length = delivery === 'endless' ? {} : { 'content-length': String(body.length) };
    response.writeHead(answer.status, { ...answer.headers, ...length, server: standInFor('Unified CM') });
    if (delivery === 'whole') response.end(body);
    else if (delivery === 'truncated') sendHalf(response, body);
    else if (delivery === 'endless') sendEndlessly(response);
    else await this.#drip(response, body, delivery.pauseMs);
  }

  async #drip(response: ServerResponse, body: Buffer, pauseMs: number): Promise<void> {
    for (let at = 0; at < body.length && !response.destroyed; at += 1) {
      response.write(body.subarray(at, at + 1));
      await this.#pause(pauseMs);
    }
    response.end();
  }

  /** Ends early when connections are dropped, so that nothing outlives the node. */
  async #pause(durationMs: number): Promise<void> {
    await this.#options.clock.sleep(durationMs, this.#pauses.signal).catch(() => undefined);
  }
}
