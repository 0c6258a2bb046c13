import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

const headerBytes = 12;
const addressRecord = 1;

/** The name of the first question, and where its type stands. */
function questionOf(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

/** An answer of RFC 1035 with one A record of loopback, or with none. */
function answerTo(query: Buffer, isKnown: (name: string) => boolean): Buffer {
  const { name, end } = questionOf(query);
  const hasAddress = isKnown(name) && query.readUInt16BE(end) === addressRecord;
  const header = Buffer.from([...query.subarray(0, 2), 0x85, 0x80, 0, 1, 0, hasAddress ? 1 : 0, 0, 0, 0, 0]);
  const record = Buffer.from('c00c00010001000000050004' + '7f000001', 'hex');
  return Buffer.concat([header, query.subarray(headerBytes, end + 4), ...(hasAddress ? [record] : [])]);
}

/** A name server on loopback for programs that ask no other way: these names are at 127.0.0.1. Gives its port. */
export async function startNameServer(t: TestContext, names: readonly string[]): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    socket.send(
      answerTo(query, (name) => names.includes(name)),
      port,
      address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  return socket.address().port;
}
