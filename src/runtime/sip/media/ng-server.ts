import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6, type LookupFunction } from 'node:net';
import type { Clock, Timer } from '../../../platform/clock.js';
import { resolveHost } from '../transport/resolve-host.js';
import { type BencodeDictionary, decodeBencode, encodeBencode, isDictionary } from './bencode.js';

export interface NgServerDeps {
  readonly clock: Clock;
  readonly lookup: LookupFunction;
}

/** Control endpoint of one rtpengine. */
export interface NgPlace {
  readonly host: string;
  readonly port: number;
}

interface Question {
  readonly bytes: Buffer;
  readonly timers: readonly Timer[];
  readonly answer: (answer: BencodeDictionary | undefined) => void;
}

/** Answers carry the cookie of their question; a datagram that was lost is sent again after these parts of the time-out. */
const repeatedAfter = [0.2, 0.5] as const;
const maximumQuestions = 2000;

/** Speaks rtpengine's `ng` control protocol with one server: a cookie and a bencoded dictionary in each datagram. */
export class NgServer {
  readonly place: NgPlace;
  readonly #deps: NgServerDeps;
  readonly #prefix = randomBytes(6).toString('hex');
  readonly #questions = new Map<string, Question>();
  #count = 0;
  #socket: Promise<Socket> | undefined;
  #isClosed = false;

  constructor(place: NgPlace, deps: NgServerDeps) {
    this.place = place;
    this.#deps = deps;
  }

  /** The answer of the server, whatever it says; undefined when none comes in time, or the server cannot be reached. */
  async ask(command: BencodeDictionary, timeoutMs: number): Promise<BencodeDictionary | undefined> {
    if (this.#questions.size >= maximumQuestions) return undefined;
    this.#count += 1;
    const cookie = `${this.#prefix}_${this.#count}`;
    return await new Promise((resolve) => {
      const { clock } = this.#deps;
      const repetitions = repeatedAfter.map((part) =>
        clock.after(timeoutMs * part, () => void this.#send(cookie, timeoutMs)),
      );
      const end = clock.after(timeoutMs, () => this.#settle(cookie, undefined));
      const bytes = Buffer.from(`${cookie} ${encodeBencode(command)}`, 'latin1');
      this.#questions.set(cookie, { bytes, timers: [...repetitions, end], answer: resolve });
      void this.#send(cookie, timeoutMs);
    });
  }

  /** Lets go of the socket; whoever waits gets no answer. */
  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  async #send(cookie: string, timeoutMs: number): Promise<void> {
    this.#socket ??= this.#open(timeoutMs);
    const opening = this.#socket;
    try {
      const socket = await opening;
      const question = this.#questions.get(cookie);
      if (question !== undefined && this.#socket === opening) socket.send(question.bytes);
    } catch {
      // The name does not resolve: the next question tries again.
      if (this.#socket === opening) this.#socket = undefined;
      this.#settle(cookie, undefined);
    }
  }

  async #open(timeoutMs: number): Promise<Socket> {
    const { clock, lookup } = this.#deps;
    const { host, port } = this.place;
    const address = await resolveHost(host, lookup, timeoutMs, clock);
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.on('message', (bytes) => this.#receive(bytes.toString('latin1')));
    // Nothing listens there: nobody has to wait for the end of the time.
    socket.on('error', () => this.#drop());
    await new Promise<void>((resolve) => socket.connect(port, address, resolve));
    if (this.#isClosed) socket.close();
    return socket;
  }

  #receive(text: string): void {
    const space = text.indexOf(' ');
    const answer = decodeBencode(text.slice(space + 1));
    if (space > 0 && isDictionary(answer)) this.#settle(text.slice(0, space), answer);
  }

  #settle(cookie: string, answer: BencodeDictionary | undefined): void {
    const question = this.#questions.get(cookie);
    if (question === undefined) return;
    this.#questions.delete(cookie);
    for (const timer of question.timers) timer.cancel();
    question.answer(answer);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    void socket?.then((open) => open.close()).catch(() => undefined);
    for (const cookie of [...this.#questions.keys()]) this.#settle(cookie, undefined);
  }
}
