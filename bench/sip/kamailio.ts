import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CredentialFiles } from '../../src/lab/certificates/certificate-paths.js';
import { EstateProcess } from '../../src/lab/estate/estate-process.js';
import { isListening } from '../../src/lab/estate/readiness.js';
import { systemClock } from '../../src/platform/clock.js';
import { onProxyCpu } from './pinning.js';

const program = '/usr/sbin/kamailio';

export interface KamailioPlace {
  readonly tcpPort: number;
  readonly tlsPort: number;
  /** Where everything goes, over one connection. */
  readonly upstream: { readonly transport: 'tcp' | 'tls'; readonly port: number };
  readonly certificate: CredentialFiles;
}

export function hasKamailio(): boolean {
  return existsSync(program);
}

/** An outbound proxy: sanity checks of the default configuration, Max-Forwards, Path, transactions. */
function configOf({ tcpPort, tlsPort, upstream, certificate }: KamailioPlace): string {
  return `#!KAMAILIO
debug=0
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
dns=no
rev_dns=no
tcp_async=yes
tcp_max_connections=20000
tls_max_connections=20000
tcp_connection_lifetime=3605
listen=tcp:127.0.0.1:${tcpPort}
listen=tls:127.0.0.1:${tlsPort}
enable_tls=yes
loadmodule "tls.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "sanity.so"
loadmodule "textops.so"
loadmodule "path.so"
modparam("tls", "tls_method", "TLSv1.2+")
modparam("tls", "certificate", "${certificate.certFile}")
modparam("tls", "private_key", "${certificate.keyFile}")
modparam("tm", "wt_timer", 1000)
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (!sanity_check("17895", "7")) { exit; }
  if (!is_method("REGISTER")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  force_rport();
  loose_route();
  add_path();
  $du = "sip:127.0.0.1:${upstream.port};transport=${upstream.transport}";
  if (!t_relay()) sl_reply_error();
}
`;
}

/** Kamailio with one worker and the allocator `fm`, pinned like our edge; `start` it. */
export async function newKamailio(place: KamailioPlace, base: string): Promise<EstateProcess> {
  const directory = join(base, `kamailio-${place.upstream.transport}`);
  await mkdir(directory, { recursive: true });
  const config = join(directory, 'kamailio.cfg');
  await writeFile(config, configOf(place));
  const options = ['-DD', '-E', '-x', 'fm', '-X', 'fm', '-m', '1024', '-M', '32', '-f', config, '-Y', directory];
  return new EstateProcess({
    name: 'kamailio',
    command: onProxyCpu(program, ...options),
    environment: { PATH: '/usr/sbin:/usr/bin:/bin' },
    logFile: join(directory, 'kamailio.log'),
    clock: systemClock,
    isReady: () => isListening(place.tlsPort),
  });
}
