import { FairleadError } from '../../errors.js';

/** Name of the cookie that holds the sign-in token. */
export const tokenCookie = 'X-Auth';

/** A cookie as the jar keeps it. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** Wall-clock milliseconds; undefined for one that lasts as long as the client. */
  readonly expiresAtMs: number | undefined;
}

function attributesOf(parts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    parts.map((part) => {
      const [name = '', value = ''] = part.split('=', 2);
      return [name.trim().toLowerCase(), value.trim()];
    }),
  );
}

function expiryOf(attributes: ReadonlyMap<string, string>, nowMs: number): number | undefined {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined) return nowMs + Number(maxAge) * 1000;
  const expires = attributes.get('expires');
  return expires === undefined ? undefined : Date.parse(expires);
}

/**
 * Reads a `Set-Cookie` field (RFC 6265).
 * @throws FairleadError `lab.unexpected` for one that is not host-only, and for a token that is not Secure and HttpOnly.
 */
function parseSetCookie(field: string, nowMs: number): Cookie {
  const [pair = '', ...parts] = field.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(equals, 0)).trim();
  const attributes = attributesOf(parts);
  if (name === '') throw new FairleadError('lab.unexpected', 'a Set-Cookie field without a name');
  if (attributes.has('domain')) throw new FairleadError('lab.unexpected', `the cookie ${name} is not host-only`);
  if (name === tokenCookie && !(attributes.has('secure') && attributes.has('httponly'))) {
    throw new FairleadError('lab.unexpected', `the cookie ${name} is not Secure and HttpOnly`);
  }
  return {
    name,
    value: pair.slice(equals + 1).trim(),
    path: attributes.get('path') ?? '/',
    expiresAtMs: expiryOf(attributes, nowMs),
  };
}

function pathMatches(cookiePath: string, path: string): boolean {
  if (path === cookiePath) return true;
  return path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}

/** Cookies by the host that set them; none is ever given to another host. */
export class CookieJar {
  readonly #cookies = new Map<string, Map<string, Cookie>>();

  /** Keeps a cookie; one that has expired already removes its predecessor. */
  store(host: string, field: string, nowMs: number): void {
    const cookie = parseSetCookie(field, nowMs);
    const ofHost = this.#cookies.get(host) ?? new Map<string, Cookie>();
    const key = `${cookie.path} ${cookie.name}`;
    if (cookie.expiresAtMs !== undefined && cookie.expiresAtMs <= nowMs) ofHost.delete(key);
    else ofHost.set(key, cookie);
    this.#cookies.set(host, ofHost);
  }

  /** The cookies that go to a path of a host now. */
  cookiesFor(host: string, path: string, nowMs: number): readonly Cookie[] {
    return [...(this.#cookies.get(host)?.values() ?? [])].filter(
      (cookie) => (cookie.expiresAtMs ?? Infinity) > nowMs && pathMatches(cookie.path, path),
    );
  }

  /** The value of the Cookie field; undefined when no cookie goes there. */
  headerFor(host: string, path: string, nowMs: number): string | undefined {
    const cookies = this.cookiesFor(host, path, nowMs);
    return cookies.length === 0 ? undefined : cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  clear(): void {
    this.#cookies.clear();
  }
}
