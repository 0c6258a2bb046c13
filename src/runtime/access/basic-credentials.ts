import { canonicalUserId, subjectOf } from './user-id.js';

/** Longest value of an Authorization field that is looked at. */
const maximumLength = 1024;
const basicForm = /^basic +([A-Za-z0-9+/]+={0,2})$/i;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** User name and password as a client presented them. Never logged; `toJSON` and inspection give the subject alone. */
export class BasicCredentials {
  /** The user name as it was written; UC servers may tell upper from lower case. */
  readonly #username: string;
  readonly #password: Buffer;
  readonly #field: string;
  readonly subject: string;

  constructor(username: string, password: Buffer, field: string, subject: string) {
    this.#username = username;
    this.#password = password;
    this.#field = field;
    this.subject = subject;
  }

  get username(): string {
    return this.#username;
  }

  /** The bytes of the password, whatever character set the client used. */
  get password(): Buffer {
    return this.#password;
  }

  /** The value of the Authorization field, to be passed on as it came. */
  get field(): string {
    return this.#field;
  }
}

/** What an Authorization field says: nothing, credentials, another scheme, or nonsense. */
export type Presented = BasicCredentials | 'none' | 'other-scheme' | 'malformed';

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function readPair(encoded: string): { username: string; password: Buffer } | undefined {
  const bytes = Buffer.from(encoded, 'base64');
  const unpadded = encoded.replace(/=+$/, '');
  // Text that decodes to the same bytes in two spellings is refused: what was checked is what is passed on.
  if (bytes.toString('base64').replace(/=+$/, '') !== unpadded) return undefined;
  const colon = bytes.indexOf(0x3a);
  if (colon < 1) return undefined;
  const username = decodeUtf8(bytes.subarray(0, colon));
  return username === undefined ? undefined : { username, password: bytes.subarray(colon + 1) };
}

/** Reads an Authorization field for Basic credentials (RFC 7617); a user name is UTF-8, a password any bytes. */
export function readBasicCredentials(field: string | undefined, cluster: string): Presented {
  if (field === undefined) return 'none';
  if (field.length > maximumLength) return 'malformed';
  const encoded = basicForm.exec(field)?.[1];
  if (encoded === undefined) return /^basic(?: |$)/i.test(field) ? 'malformed' : 'other-scheme';
  const pair = readPair(encoded);
  const userId = pair === undefined ? undefined : canonicalUserId(pair.username);
  if (pair === undefined || userId === undefined) return 'malformed';
  return new BasicCredentials(pair.username, pair.password, field, subjectOf(cluster, userId));
}
