/** What a proxy writes about where a request came from and which way it took. */
const origins = new Set([
  ...['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'client-ip', 'true-client-ip', 'x-cluster-client-ip'],
  ...['x-originating-ip', 'x-remote-ip', 'x-remote-addr', 'x-proxyuser-ip', 'cf-connecting-ip', 'fastly-client-ip'],
]);

/** By these some servers take another path, host or method than the one that the allow list was asked for. */
const overrides = new Set([
  ...['x-original-url', 'x-rewrite-url', 'x-original-host', 'x-host'],
  ...['x-http-method', 'x-http-method-override', 'x-method-override'],
]);

/**
 * Tells whether a field, in lower case, claims what only a proxy in front could know, or asks a server to look elsewhere;
 * from a client it is never believed. Underscores count as hyphens, as some servers read them.
 */
export function isClaim(name: string): boolean {
  const plain = name.replaceAll('_', '-');
  return plain.startsWith('x-forwarded-') || origins.has(plain) || overrides.has(plain);
}
