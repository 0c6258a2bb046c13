import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { type Dispatcher, errors } from 'undici';
import type { Clock, Timer } from '../../platform/clock.js';
import { isBodyPending, type RequestBody } from './request-body.js';

/** One attempt to have a request answered by the next hop. */
export interface RelayAttempt {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  /** Flat list of names in lower case and values. */
  readonly fields: string[];
  readonly body: RequestBody | undefined;
  /** From now to the beginning of the answer, waiting for a connection included. */
  readonly answerTimeoutMs: number;
  /** Longest silence within the answer. */
  readonly silenceTimeoutMs: number;
  /** Longest time a reader may take no byte of what waits for it. */
  readonly stallTimeoutMs: number;
  /** Turns the fields of the answer into those that go back. */
  answerFields(headers: IncomingHttpHeaders, status: number): OutgoingHttpHeaders;
}

/** What became of an attempt; `answered` means that the whole answer was handed over. */
export type RelayOutcome =
  | { readonly type: 'answered'; readonly status: number }
  | { readonly type: 'client-gone' }
  | { readonly type: 'failed'; readonly reason: RelayFailure; readonly error: Error; readonly began: boolean };

export type RelayFailure = 'unreachable' | 'timeout' | 'malformed' | 'too-large';

/**
 * Bytes of an answer that wait for its reader before the next hop is held up. Each time it goes on undici takes another
 * 64 KiB from the connection; with less than that to pass on, what it holds would grow and be copied without end.
 */
const pauseAtBytes = 128 * 1024;

class Relay implements Dispatcher.DispatchHandler {
  readonly #attempt: RelayAttempt;
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #settle: (outcome: RelayOutcome) => void;
  readonly #answerTimer: Timer;
  #controller: Dispatcher.DispatchController | undefined;
  #stallTimer: Timer | undefined;
  #status = 0;
  #ended = false;
  /** Why it ended without an answer. */
  #cause: Error | undefined;

  constructor(attempt: RelayAttempt, response: ServerResponse, clock: Clock, settle: (outcome: RelayOutcome) => void) {
    this.#attempt = attempt;
    this.#response = response;
    this.#clock = clock;
    this.#settle = settle;
    this.#answerTimer = clock.after(attempt.answerTimeoutMs, this.#onAnswerTimeout);
    response.on('close', this.#onClose);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#cause !== undefined) controller.abort(this.#cause);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#ended) return;
    this.#answerTimer.cancel();
    const fields = this.#attempt.answerFields(headers, status);
    if (isBodyPending(this.#response.req)) fields['connection'] = 'close';
    this.#response.writeHead(status, fields);
    this.#status = status;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return;
    this.#response.write(chunk);
    if (this.#response.writableLength < pauseAtBytes) return;
    controller.pause();
    this.#stallTimer = this.#clock.after(this.#attempt.stallTimeoutMs, this.#onStall);
    this.#response.once('drain', this.#onDrain);
  }

  onResponseEnd(): void {
    if (this.#ended) return;
    this.#response.end();
    this.#finish({ type: 'answered', status: this.#status }, undefined);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error, reasonOf(error));
  }

  /** For a dispatcher that refuses at once. */
  refuse(error: Error): void {
    this.#fail(error, reasonOf(error));
  }

  #fail(error: Error, reason: RelayFailure): void {
    const began = this.#response.headersSent;
    const tooLarge = this.#attempt.body?.tooLarge === true;
    this.#finish({ type: 'failed', reason: tooLarge ? 'too-large' : reason, error, began }, error);
    if (began) this.#response.destroy();
  }

  #finish(outcome: RelayOutcome, cause: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cause = cause;
    this.#answerTimer.cancel();
    this.#stallTimer?.cancel();
    this.#response.off('close', this.#onClose);
    this.#response.off('drain', this.#onDrain);
    if (cause !== undefined) this.#controller?.abort(cause);
    this.#attempt.body?.destroy();
    this.#settle(outcome);
  }

  readonly #onAnswerTimeout = () => this.#fail(new Error('no answer in time'), 'timeout');

  readonly #onStall = () => {
    this.#response.destroy(new Error('the client stopped reading'));
  };

  readonly #onDrain = () => {
    this.#stallTimer?.cancel();
    this.#controller?.resume();
  };

  readonly #onClose = () => this.#finish({ type: 'client-gone' }, new Error('the client went away'));
}

const timeouts = new Set(['UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT']);
/** What undici and Node say of an answer that is not HTTP. */
const malformed = /^(?:HPE_|ERR_INVALID_CHAR$|ERR_HTTP_|UND_ERR_RES_|UND_ERR_HEADERS_OVERFLOW$)/;

function reasonOf(error: Error): RelayFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (timeouts.has(code)) return 'timeout';
  return error instanceof errors.HTTPParserError || malformed.test(code) ? 'malformed' : 'unreachable';
}

/**
 * Streams a request to the next hop and its answer back, both no faster than the other side takes them. A client that
 * goes away aborts the attempt. An attempt that failed before an answer began leaves the response untouched.
 */
export function relay(attempt: RelayAttempt, response: ServerResponse, clock: Clock): Promise<RelayOutcome> {
  return new Promise((settle) => {
    const handler = new Relay(attempt, response, clock, settle);
    const { dispatcher, origin, method, path, fields, body, silenceTimeoutMs } = attempt;
    try {
      dispatcher.dispatch(
        {
          origin,
          path,
          method,
          headers: fields,
          body: body ?? null,
          headersTimeout: 0,
          bodyTimeout: silenceTimeoutMs,
        },
        handler,
      );
    } catch (error) {
      handler.refuse(error instanceof Error ? error : new Error(String(error)));
    }
  });
}
