import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { addressBytes, readXorAddress, type StunAddress, writeXorAddress } from './stun-address.js';
import { isUnknownRequired, stunAttributes } from './stun-attributes.js';
import { magicCookie, stunHeaderBytes, stunLength } from './stun-framing.js';

export type StunClass = 'request' | 'indication' | 'success' | 'error';

/** A STUN message (RFC 8489), as far as keepalives need it. */
export interface StunMessage {
  readonly class: StunClass;
  /** 1 is Binding. */
  readonly method: number;
  /** 12 bytes. */
  readonly transactionId: Buffer;
  /** Types that must be understood and are not: a request with one is answered with 420. */
  readonly unknownRequired: readonly number[];
  readonly hasFingerprint: boolean;
  readonly mappedAddress: StunAddress | undefined;
  /** 300 to 699, of an error. */
  readonly errorCode: number | undefined;
}

export const bindingMethod = 1;

const classes: readonly StunClass[] = ['request', 'indication', 'success', 'error'];
const fingerprintXor = 0x5354_554e;
const fingerprintBytes = 8;
/** The two highest bits of a message are zero (RFC 8489 section 5), and methods above 0x07f are not known to us. */
const maximumFirstByte = 1;

/** Whether bytes are one STUN message by their first byte, cookie and length. */
export function isStun(bytes: Buffer): boolean {
  if (bytes.length < stunHeaderBytes || bytes.readUInt8(0) > maximumFirstByte) return false;
  return bytes.readUInt32BE(4) === magicCookie && stunLength(bytes) === bytes.length;
}

/** Reads one whole message; undefined when a length does not fit, or a FINGERPRINT is wrong or not the last attribute. */
export function parseStun(bytes: Buffer): StunMessage | undefined {
  if (!isStun(bytes)) return undefined;
  const type = bytes.readUInt16BE(0);
  const attributes = bytes.length === stunHeaderBytes ? noAttributes : readAttributes(bytes);
  if (attributes === undefined) return undefined;
  const { unknownRequired, hasFingerprint, mappedAddress, errorCode } = attributes;
  return {
    class: classes[((type >> 7) & 2) | ((type >> 4) & 1)] ?? 'request',
    method: (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2),
    transactionId: bytes.subarray(8, stunHeaderBytes),
    unknownRequired,
    hasFingerprint,
    mappedAddress,
    errorCode,
  };
}

type Attributes = Pick<StunMessage, 'unknownRequired' | 'hasFingerprint' | 'mappedAddress' | 'errorCode'>;

const noTypes: readonly number[] = [];
/** Of the keepalives that nearly every client sends. */
const noAttributes: Attributes = {
  unknownRequired: noTypes,
  hasFingerprint: false,
  mappedAddress: undefined,
  errorCode: undefined,
};

function readAttributes(bytes: Buffer): Attributes | undefined {
  let unknownRequired = noTypes;
  let hasFingerprint = false;
  let mappedAddress: StunAddress | undefined;
  let errorCode: number | undefined;
  for (let at = stunHeaderBytes; at < bytes.length; ) {
    const type = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    const start = at + 4;
    at = start + ((length + 3) & ~3);
    if (at > bytes.length || hasFingerprint) return undefined;
    if (type === stunAttributes.xorMappedAddress) mappedAddress = readXorAddress(bytes, start, length);
    else if (type === stunAttributes.errorCode) errorCode = readErrorCode(bytes, start, length);
    else if (type === stunAttributes.fingerprint) {
      hasFingerprint = true;
      if (length !== 4 || bytes.readUInt32BE(start) !== fingerprintOf(bytes, start - 4)) return undefined;
    } else if (isUnknownRequired(type)) unknownRequired = [...unknownRequired, type];
  }
  return { unknownRequired, hasFingerprint, mappedAddress, errorCode };
}

function readErrorCode(bytes: Buffer, start: number, length: number): number | undefined {
  if (length < 4) return undefined;
  const [hundreds, rest] = [(bytes[start + 2] ?? 0) & 7, bytes[start + 3] ?? 0];
  return hundreds >= 3 && hundreds <= 6 && rest < 100 ? hundreds * 100 + rest : undefined;
}

function fingerprintOf(bytes: Buffer, end: number): number {
  return (crc32(bytes.subarray(0, end)) ^ fingerprintXor) >>> 0;
}

/** A Binding request with a random transaction id unless one is given. */
export function bindingRequest(transactionId: Buffer = randomBytes(12)): Buffer {
  return newMessage(0x0001, transactionId, 0);
}

/** The answer that tells the asker its address; with a FINGERPRINT when the request has one. */
export function bindingSuccess(request: StunMessage, mappedAddress: string, mappedPort: number): Buffer {
  const address = addressBytes(mappedAddress);
  const valueBytes = address.length + 4;
  const message = newAnswer(0x0101, request, valueBytes + 4);
  writeAttribute(message, stunHeaderBytes, stunAttributes.xorMappedAddress, valueBytes);
  writeXorAddress(message, stunHeaderBytes + 4, address, mappedPort);
  return finish(message, request);
}

/** The answer that refuses (code 300 to 699); a 420 lists what was not understood. */
export function bindingError(request: StunMessage, code: number, reason: string): Buffer {
  const phrase = Buffer.from(reason, 'utf8').subarray(0, 509);
  const codeBytes = 4 + phrase.length;
  const listed = code === 420 ? request.unknownRequired : noTypes;
  const listedAt = stunHeaderBytes + 4 + padded(codeBytes);
  const listedBytes = listed.length === 0 ? 0 : 4 + padded(2 * listed.length);
  const message = newAnswer(0x0111, request, listedAt + listedBytes - stunHeaderBytes);
  writeAttribute(message, stunHeaderBytes, stunAttributes.errorCode, codeBytes);
  message[stunHeaderBytes + 6] = Math.floor(code / 100);
  message[stunHeaderBytes + 7] = code % 100;
  phrase.copy(message, stunHeaderBytes + 8);
  if (listed.length > 0) writeAttribute(message, listedAt, stunAttributes.unknownAttributes, 2 * listed.length);
  for (const [index, type] of listed.entries()) message.writeUInt16BE(type, listedAt + 4 + 2 * index);
  return finish(message, request);
}

function padded(bytes: number): number {
  return (bytes + 3) & ~3;
}

function newMessage(type: number, transactionId: Buffer, attributeBytes: number): Buffer {
  const message = Buffer.allocUnsafe(stunHeaderBytes + attributeBytes).fill(0, stunHeaderBytes);
  message.writeUInt16BE(type, 0);
  message.writeUInt16BE(attributeBytes, 2);
  message.writeUInt32BE(magicCookie, 4);
  transactionId.copy(message, 8);
  return message;
}

function newAnswer(type: number, request: StunMessage, attributeBytes: number): Buffer {
  return newMessage(type, request.transactionId, attributeBytes + (request.hasFingerprint ? fingerprintBytes : 0));
}

function writeAttribute(message: Buffer, at: number, type: number, length: number): void {
  message.writeUInt16BE(type, at);
  message.writeUInt16BE(length, at + 2);
}

function finish(message: Buffer, request: StunMessage): Buffer {
  if (!request.hasFingerprint) return message;
  const at = message.length - fingerprintBytes;
  writeAttribute(message, at, stunAttributes.fingerprint, 4);
  message.writeUInt32BE(fingerprintOf(message, at), at + 4);
  return message;
}
