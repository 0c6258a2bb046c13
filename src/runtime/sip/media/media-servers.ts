import type { LookupFunction } from 'node:net';
import type { MediaRelay } from '../../../model/generated/kinds.js';
import type { Clock, Timer } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { Counter } from '../../../platform/meter.js';
import type { BencodeDictionary } from './bencode.js';
import { NgServer } from './ng-server.js';

/** What a server made of a session description. */
export type RelayAnswer =
  | { readonly type: 'sdp'; readonly sdp: string }
  /** It did what was asked, or is there, and has nothing to say. */
  | { readonly type: 'done' }
  /** It understood, and will not. */
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'silent' };

export interface MediaServersDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly lookup: LookupFunction;
  readonly asked: Counter;
}

/** A server that does not answer is asked so often whether it does again. */
const pingEveryMs = 2000;
const busy = 'load limit';

/** One server with the calls that it carries. */
export class MediaServer {
  readonly ng: NgServer;
  calls = 0;
  isSilent = false;
  /** No longer configured; it goes with its last call. */
  isRetired = false;

  constructor(ng: NgServer) {
    this.ng = ng;
  }
}

/** The rtpengine servers of an edge: which one takes a new call, and which ones answer. */
export class MediaServers {
  readonly #deps: MediaServersDeps;
  #servers: readonly MediaServer[] = [];
  readonly #retired = new Set<MediaServer>();
  #timeoutMs = 0;
  #next = 0;
  #timer: Timer | undefined;

  constructor(deps: MediaServersDeps) {
    this.#deps = deps;
  }

  get isEmpty(): boolean {
    return this.#servers.length === 0;
  }

  /** Calls stay where they are; a server that is no longer named gets no new ones. */
  apply(spec: MediaRelay | undefined): void {
    const places = spec?.servers ?? [];
    this.#timeoutMs = spec?.requestTimeoutMilliseconds ?? this.#timeoutMs;
    const before = this.#servers;
    this.#servers = places.map(({ host, port }) => {
      const known = before.find(({ ng }) => ng.place.host === host && ng.place.port === port);
      return known ?? new MediaServer(new NgServer({ host, port }, this.#deps));
    });
    for (const server of before) if (!this.#servers.includes(server)) this.#retire(server);
  }

  stop(): void {
    this.#timer?.cancel();
    for (const { ng } of [...this.#servers, ...this.#retired]) ng.close();
  }

  /** The servers in the order in which a new call tries them: by turns, those that are silent last. */
  inOrder(): readonly MediaServer[] {
    const turn = this.#next % Math.max(1, this.#servers.length);
    this.#next = turn + 1;
    const turned = [...this.#servers.slice(turn), ...this.#servers.slice(0, turn)];
    return turned.toSorted((a, b) => Number(a.isSilent) - Number(b.isSilent));
  }

  async ask(server: MediaServer, command: BencodeDictionary): Promise<RelayAnswer> {
    const answer = await server.ng.ask(command, this.#timeoutMs);
    const read = readAnswer(answer);
    this.#deps.asked.inc({ outcome: read.type });
    if (answer === undefined) this.#fellSilent(server);
    else this.#spoke(server);
    return read;
  }

  /** A call on a server is over. */
  leave(server: MediaServer): void {
    server.calls -= 1;
    if (server.isRetired) this.#retire(server);
  }

  #retire(server: MediaServer): void {
    server.isRetired = true;
    this.#retired.add(server);
    if (server.calls > 0) return;
    this.#retired.delete(server);
    server.ng.close();
  }

  #fellSilent(server: MediaServer): void {
    if (server.isSilent) return;
    server.isSilent = true;
    this.#deps.log.warn({ ...server.ng.place }, 'a media relay does not answer');
    this.#timer ??= this.#deps.clock.after(pingEveryMs, () => void this.#ping(), { idle: true });
  }

  #spoke(server: MediaServer): void {
    if (!server.isSilent) return;
    server.isSilent = false;
    this.#deps.log.info({ ...server.ng.place }, 'a media relay answers again');
  }

  async #ping(): Promise<void> {
    const silent = this.#servers.filter(({ isSilent }) => isSilent);
    await Promise.all(silent.map((server) => this.ask(server, { command: 'ping' })));
    const isNeeded = this.#servers.some(({ isSilent }) => isSilent);
    this.#timer = isNeeded ? this.#deps.clock.after(pingEveryMs, () => void this.#ping(), { idle: true }) : undefined;
  }
}

function readAnswer(answer: BencodeDictionary | undefined): RelayAnswer {
  if (answer === undefined || answer['result'] === busy) return { type: 'silent' };
  const { sdp, 'error-reason': reason } = answer;
  if (answer['result'] === 'ok' && typeof sdp === 'string') return { type: 'sdp', sdp };
  if (answer['result'] === 'ok' || answer['result'] === 'pong') return { type: 'done' };
  return { type: 'refused', reason: typeof reason === 'string' ? reason : 'no reason given' };
}
