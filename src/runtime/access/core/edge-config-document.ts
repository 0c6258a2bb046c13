import type { DomainSpec } from '../../../model/generated/kinds.js';

/** A server with a port, as clients would find it in an SRV record. */
export interface ServiceServer {
  readonly host: string;
  readonly port: number;
}

/** What an edge-config document says. */
export interface EdgeConfig {
  /** By service name, in the order they were asked for; a service without servers is reported as unknown. */
  readonly services: ReadonlyMap<string, readonly ServiceServer[]>;
  /** The edge as clients reach it. */
  readonly edgeName: string;
  readonly edgePort: number;
  /** Port of the edge for SIP over TLS; absent when it serves none. */
  readonly sipPort?: number | undefined;
  /** The core to which SIP is pinned at first; undefined leaves it to the edge. */
  readonly core: string | undefined;
  readonly domain: DomainSpec;
  readonly userUds: ServiceServer | undefined;
}

const xmppPort = 5222;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? '');
}

function element(name: string, ...content: readonly string[]): string {
  return `<${name}>${content.join('')}</${name}>`;
}

function value(name: string, content: string | number): string {
  return element(name, escape(String(content)));
}

function serviceElement([name, servers]: readonly [string, readonly ServiceServer[]]): string {
  const entries = servers.map(({ host, port }, index) =>
    element('server', value('priority', index), value('weight', 0), value('port', port), value('address', host)),
  );
  return element('service', value('name', name), ...(entries.length > 0 ? entries : [value('error', 'NameError')]));
}

function sipElements({ edgeName, sipPort, core, domain }: EdgeConfig): string {
  if (!domain.sip || sipPort === undefined) return element('sipEdgeServer') + element('sipRequest');
  const pin = core === undefined ? '' : `;core=${core}`;
  const route = `<sip:${edgeName}:${sipPort};transport=tls;lr${pin}>`;
  return (
    element('sipEdgeServer', element('server', value('address', edgeName), value('tlsPort', sipPort))) +
    element('sipRequest', value('route', route))
  );
}

function edgeElement(config: EdgeConfig): string {
  const { edgeName, edgePort, domain, userUds } = config;
  const xmpp = element('server', value('address', edgeName), value('port', xmppPort));
  const uds = userUds && element('server', value('address', userUds.host), value('tlsPort', userUds.port));
  return element(
    'edgeConfig',
    sipElements(config),
    element('xmppEdgeServer', domain.xmpp ? xmpp : ''),
    element('httpEdgeServer', element('server', value('address', edgeName), value('port', edgePort))),
    element('turnEdgeServer'),
    element('userUdsServer', uds ?? ''),
  );
}

/** The answer to `get_edge_config`, in the order of elements that clients know from Expressway. */
export function edgeConfigDocument(config: EdgeConfig): string {
  const services = [...config.services].map(serviceElement);
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<getEdgeConfigResponse version="1.0">' +
    element('serviceConfig', ...services) +
    edgeElement(config) +
    '</getEdgeConfigResponse>'
  );
}
