/**
 * A frame is its type (1 byte), the length of its payload (4 bytes, big endian) and the payload. A reader passes over types it
 * does not know: a newer peer sent them.
 */
export const frameTypes = {
  hello: 1,
  settings: 2,
  alive: 3,
  sip: 4,
  stun: 5,
  closeFlow: 6,
  news: 7,
  bye: 8,
} as const;

export const frameHeaderBytes = 5;

/** Sizes that both ends hold each other to. */
export const frameBounds = {
  /** A SIP or STUN message; the largest that `SipTransport` can allow. */
  messageBytes: 1024 * 1024,
  /** A message with what is said about it. */
  payloadBytes: (1024 + 32) * 1024,
  /** Everything that is JSON. */
  controlBytes: 128 * 1024,
  flowCharacters: 64,
  addressCharacters: 45,
  grantCharacters: 16_384,
  reasonBytes: 256,
} as const;
