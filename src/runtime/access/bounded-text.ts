import type { Readable } from 'node:stream';

/** Reads a stream to its end as UTF-8; an error when it is longer than `maximumBytes`, or not UTF-8. */
export async function readBoundedText(stream: Readable, maximumBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) throw new Error('the stream gives no bytes');
    bytes += chunk.length;
    if (bytes > maximumBytes) throw new Error(`the answer is longer than ${maximumBytes} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}
