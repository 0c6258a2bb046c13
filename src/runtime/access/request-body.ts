import type { IncomingMessage } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';

/** The body of a request, counted as it streams; it errs as soon as it is larger than allowed. */
export class RequestBody extends Transform {
  #leftBytes: number;
  #tooLarge = false;

  constructor(maximumBytes: number) {
    super();
    this.#leftBytes = maximumBytes;
  }

  get tooLarge(): boolean {
    return this.#tooLarge;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#leftBytes -= chunk.length;
    this.#tooLarge = this.#leftBytes < 0;
    if (this.#tooLarge) done(new Error('the body is larger than allowed'));
    else done(null, chunk);
  }
}

/** Tells whether a request has a body (RFC 9112, 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Tells whether a part of the body is still to come; it would have to be read to keep the connection in step. */
export function isBodyPending(request: IncomingMessage): boolean {
  return hasBody(request) && !request.complete;
}

/** The body of a request as a stream of its own: whoever reads it may destroy it, and the connection lives to carry the answer. */
export function takeBody(request: IncomingMessage, maximumBytes: number): RequestBody {
  const body = new RequestBody(maximumBytes);
  request.once('close', () => {
    if (!request.complete) body.destroy(new Error('the client went away within the body'));
  });
  return request.pipe(body);
}
