/** Name of the cookie that holds the sign-in token. */
const tokenCookie = 'X-Auth';

export interface SplitCookies {
  /** The token; empty, which no token is, when several different ones came. */
  readonly token: string | undefined;
  /** The value of the Cookie field without the token; undefined when nothing is left. */
  readonly others: string | undefined;
}

/** Takes the token out of a Cookie field (RFC 6265, 5.4). */
export function splitCookies(field: string | undefined): SplitCookies {
  if (field === undefined) return { token: undefined, others: undefined };
  const prefix = `${tokenCookie}=`;
  const pairs = field.split(';').map((pair) => pair.trim());
  const others = pairs.filter((pair) => pair !== '' && !pair.startsWith(prefix));
  const tokens = new Set(pairs.filter((pair) => pair.startsWith(prefix)).map((pair) => pair.slice(prefix.length)));
  const [token] = tokens;
  return {
    token: tokens.size > 1 ? '' : token,
    others: others.length === 0 ? undefined : others.join('; '),
  };
}

/** The Set-Cookie field of a token: host-only, so that no other host of the domain ever gets it. */
export function tokenSetCookie(token: string, maximumAgeSeconds: number): string {
  return `${tokenCookie}=${token}; Path=/; Max-Age=${maximumAgeSeconds}; HttpOnly; Secure`;
}

function scopeAttribute(attribute: string, pathPrefix: string): string | undefined {
  const [name = '', value = ''] = attribute.split('=', 2).map((part) => part.trim());
  if (name.toLowerCase() === 'domain') return undefined;
  if (name.toLowerCase() !== 'path') return attribute.trim();
  return `Path=${pathPrefix}${value.startsWith('/') ? value : '/'}`;
}

/**
 * Ties a cookie that a UC server sets to the place below which the client sees that server: without Domain, its Path
 * behind `pathPrefix`. So it goes back to that server alone. Undefined for one that poses as the token.
 */
export function scopeCookie(setCookie: string, pathPrefix: string): string | undefined {
  const [pair = '', ...attributes] = setCookie.split(';');
  if (pair.trim().toLowerCase().startsWith(`${tokenCookie.toLowerCase()}=`)) return undefined;
  const scoped = attributes.map((attribute) => scopeAttribute(attribute, pathPrefix));
  return [pair.trim(), ...scoped.filter((attribute) => attribute !== undefined)].join('; ');
}
