/** `2112A442` (RFC 8489 section 5). */
export const magicCookie = 0x2112_a442;

export const stunHeaderBytes = 20;

/** Longest message on a stream; requests and answers about an address are under 200 bytes. */
const maximumStunBytes = 2_048;
const cookieBytes = [0x21, 0x12, 0xa4, 0x42];

/** Whether bytes can be the beginning of a STUN message, as far as they have come. */
export function isStunStart(bytes: Uint8Array): boolean {
  if (((bytes[0] ?? 0) & 0xfe) !== 0) return false;
  return cookieBytes.every((byte, at) => bytes.length <= at + 4 || bytes[at + 4] === byte);
}

/** Bytes of the message whose header this is; undefined when no message has that length. */
export function stunLength(header: Buffer): number | undefined {
  const length = header.readUInt16BE(2);
  const bytes = stunHeaderBytes + length;
  return length % 4 === 0 && bytes <= maximumStunBytes ? bytes : undefined;
}
