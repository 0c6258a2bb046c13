/** The path by which a client reaches an internal URL through an edge: `/<base64url of domain/scheme/host/port>/path`. */
export function targetPath(domain: string, url: string): string {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const defaultPort = scheme === 'https' ? '443' : '80';
  const target = [domain, scheme, hostname, port === '' ? defaultPort : port].join('/');
  return `/${Buffer.from(target).toString('base64url')}${pathname}${search}`;
}

/** The path of a sign-in, with the services that soft clients ask for. */
export function signInPath(domain: string): string {
  return `/${Buffer.from(domain).toString('base64url')}/get_edge_config?service_name=_cisco-uds&service_name=_cuplogin`;
}
