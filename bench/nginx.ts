import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CredentialFiles } from '../src/lab/certificates/certificate-paths.js';
import { EstateProcess } from '../src/lab/estate/estate-process.js';
import { isListening } from '../src/lab/estate/readiness.js';
import { systemClock } from '../src/platform/clock.js';

const program = '/usr/sbin/nginx';

/** What a server of nginx is told beside its port. */
export interface NginxServer {
  readonly name: string;
  readonly port: number;
  /** It listens on 127.0.0.1 and on these. */
  readonly addresses?: readonly string[];
  readonly certificate: CredentialFiles;
  /** Directives of its one location. */
  readonly location: string;
  /** A block beside the server. */
  readonly upstream?: string;
}

/** Cipher and version that Node negotiates by itself, so that both sides do the same work. */
const tlsDirectives = (prefix: 'ssl' | 'proxy_ssl') =>
  `${prefix}_protocols TLSv1.3; ${prefix}_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;`;

export function hasNginx(): boolean {
  return existsSync(program);
}

function configOf({ port, addresses = [], certificate, location, upstream = '' }: NginxServer, directory: string) {
  const listen = ['127.0.0.1', ...addresses].map((address) => `listen ${address}:${port} ssl;`).join(' ');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off; master_process off; worker_processes 1; pid ${directory}/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off; server_tokens off; keepalive_requests 100000000; keepalive_timeout 75s;
  ${temporary.map((name) => `${name}_temp_path ${directory}/${name};`).join(' ')}
  ${upstream}
  server {
    ${listen} ${tlsDirectives('ssl')}
    ssl_certificate ${certificate.certFile}; ssl_certificate_key ${certificate.keyFile};
    location / { ${location} }
  }
}
`;
}

/** One nginx process with one server, from a configuration of its own; `start` it. */
export async function newNginx(server: NginxServer, base: string): Promise<EstateProcess> {
  const directory = join(base, server.name);
  await mkdir(directory, { recursive: true });
  const config = join(directory, 'nginx.conf');
  await writeFile(config, configOf(server, directory));
  return new EstateProcess({
    name: server.name,
    command: [program, '-p', directory, '-c', config, '-e', 'stderr'],
    environment: { PATH: '/usr/sbin:/usr/bin:/bin' },
    logFile: join(directory, 'nginx.log'),
    clock: systemClock,
    isReady: () => isListening(server.port),
  });
}

/** Directives that pass requests on over kept-alive TLS connections, with the next server's certificate verified. */
export function proxyTo(upstream: string, host: string, ca: string): string {
  return `proxy_pass https://${upstream}; proxy_http_version 1.1; proxy_set_header Connection "";
    proxy_set_header Host ${host}; proxy_ssl_name ${host}; proxy_ssl_server_name on;
    proxy_ssl_verify on; proxy_ssl_trusted_certificate ${ca}; ${tlsDirectives('proxy_ssl')}`;
}

export function keptAlive(upstream: string, address: string): string {
  return `upstream ${upstream} { server ${address}; keepalive 128; keepalive_requests 100000000; keepalive_timeout 60s; }`;
}
