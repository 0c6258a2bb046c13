/** User name and password of an `Authorization` header. */
export interface BasicCredentials {
  readonly userName: string;
  readonly password: string;
}

/** Writes the value of an `Authorization` header (RFC 7617, UTF-8). */
export function basicAuthorization({ userName, password }: BasicCredentials): string {
  return `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
}

/** Reads HTTP Basic credentials; undefined for any other or a malformed header. */
export function readBasicCredentials(header: string | undefined): BasicCredentials | undefined {
  const [scheme = '', encoded = '', ...rest] = (header ?? '').split(' ');
  if (scheme.toLowerCase() !== 'basic' || rest.length > 0) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { userName: text.slice(0, colon), password: text.slice(colon + 1) };
}
