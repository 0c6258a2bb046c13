/** Attribute types that we read or write (RFC 8489 section 18.3). */
export const stunAttributes = {
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  xorMappedAddress: 0x0020,
  fingerprint: 0x8028,
} as const;

/** Attributes below 0x8000 that a message may hold: ours, and those of an authentication that we do not ask for. */
const comprehended: ReadonlySet<number> = new Set([
  0x0001, 0x0006, 0x0008, 0x0009, 0x000a, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e, 0x0020,
]);

/** Whether a message that holds an attribute of this type must be refused with 420. */
export function isUnknownRequired(type: number): boolean {
  return type < 0x8000 && !comprehended.has(type);
}
