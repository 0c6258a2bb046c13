// An allowed GET and a sign-in through edge, link and core, beside nginx as a TLS reverse proxy in two hops.
import { join } from 'node:path';
import { signInPath, targetPath } from '../src/lab/client/target-path.js';
import { authored } from '../src/lab/estate/cluster-documents.js';
import type { EstateProcess } from '../src/lab/estate/estate-process.js';
import { type Estate, newEstate } from '../src/lab/estate/estate.js';
import { freePort } from '../src/lab/estate/free-port.js';
import { systemClock } from '../src/platform/clock.js';
import { activateByHand } from '../test/lab/activate-by-hand.js';
import { contest } from './contest.js';
import { loadFor, type LoadResult, type LoadTarget } from './https-load.js';
import { hasNginx, keptAlive, newNginx, proxyTo } from './nginx.js';
import { cpuSecondsOf } from './process-figures.js';
import { printTable, printTitle } from './report.js';
import { spreadOf, spreadText } from './spread.js';
import { inTemporaryDirectory } from './temporary-directory.js';

const connections = 32;
const seconds = 3;
const rounds = 5;
const page = 'x'.repeat(1024);
const ucHost = 'cucm-1.lab.example';
const ucAddress = '127.0.1.1';

interface Measured extends LoadResult {
  readonly cpuMicroseconds: number;
}

interface Ports {
  readonly upstream: number;
  readonly inner: number;
  readonly outer: number;
}

async function takePorts(): Promise<Ports> {
  const taken = new Set<number>();
  const take = async () => {
    const port = await freePort(['127.0.0.1', ucAddress], taken);
    taken.add(port);
    return port;
  };
  return { upstream: await take(), inner: await take(), outer: await take() };
}

/** What keeps limits out of a measurement of speed. */
function documentsFor(port: number) {
  return [
    authored('AllowRule', 'bench', { url: `https://${ucHost}:${port}/bench`, methods: ['GET'], match: 'prefix' }),
    authored('AuthorizationRateControl', 'default', { maximumAuthorizationsPerPeriod: 0 }),
    authored('HttpTransport', 'default', { maximumConnections: 10_000, connectionRate: { mode: 'off' } }),
  ];
}

/** The server behind both, and the two hops of the peer. */
async function newPeers({ paths, layout }: Estate, ports: Ports, directory: string): Promise<readonly EstateProcess[]> {
  const { certificates } = paths;
  const ca = certificates.authority.certFile;
  const [edge, core] = [layout.edges[0]!, layout.cores[0]!];
  const servers = [
    {
      name: 'upstream',
      port: ports.upstream,
      addresses: [ucAddress],
      certificate: certificates.server(ucHost),
      location: `default_type text/plain; return 200 "${page}";`,
    },
    {
      name: 'inner',
      port: ports.inner,
      certificate: certificates.server(core.name),
      upstream: keptAlive('uc', `${ucAddress}:${ports.upstream}`),
      location: proxyTo('uc', ucHost, ca),
    },
    {
      name: 'outer',
      port: ports.outer,
      certificate: certificates.server(edge.name),
      upstream: keptAlive('core', `127.0.0.1:${ports.inner}`),
      location: proxyTo('core', core.host, ca),
    },
  ];
  return await Promise.all(servers.map((server) => newNginx(server, directory)));
}

/** Loads a target and charges the CPU of the processes that it runs through. */
async function measure(target: LoadTarget, processes: readonly EstateProcess[]): Promise<Measured> {
  const cpu = async () => {
    const each = await Promise.all(processes.map(({ pid }) => cpuSecondsOf(pid ?? 0)));
    return each.reduce((sum, one) => sum + one, 0);
  };
  const before = await cpu();
  const result = await loadFor(target, connections, seconds);
  return { ...result, cpuMicroseconds: (((await cpu()) - before) / result.requests) * 1e6 };
}

function isPage(head: string, body: Buffer): boolean {
  return head.startsWith('HTTP/1.1 200') && body.toString('latin1') === page;
}

function isEdgeConfig(head: string, body: Buffer): boolean {
  return head.startsWith('HTTP/1.1 200') && /^set-cookie: X-Auth=/im.test(head) && body.includes('_cisco-uds');
}

async function targetsOf(estate: Estate, ports: Ports) {
  const edge = estate.layout.edges[0]!;
  const client = estate.newClient();
  const { operation } = await client.signIn();
  if (operation.outcome !== 'ok') throw new Error(`the client could not sign in: ${JSON.stringify(operation)}`);
  const base = { ca: estate.ca, host: edge.host };
  const url = `https://${ucHost}:${ports.upstream}/bench/page`;
  const authorization = `Basic ${Buffer.from('ada:engine').toString('base64')}`;
  const { domain } = estate.layout;
  const cookie = `X-Auth=${client.token ?? ''}`;
  const ours = { ...base, port: edge.accessPort };
  return {
    get: { ...ours, path: targetPath(domain, url), fields: { cookie }, isRight: isPage },
    signIn: { ...ours, path: signInPath(domain), fields: { authorization }, isRight: isEdgeConfig },
    peer: { ...base, port: ports.outer, path: '/bench/page', fields: {}, isRight: isPage },
  };
}

function printResults(results: ReadonlyMap<string, readonly Measured[]>, peer: string): void {
  const median = (name: string, figure: (one: Measured) => number) =>
    spreadOf((results.get(name) ?? []).map(figure)).median;
  const rate = ({ requests, seconds: taken }: Measured) => requests / taken;
  const cpu = ({ cpuMicroseconds }: Measured) => cpuMicroseconds;
  const rows = [...results].map(([name, all]) => [
    name,
    spreadText(all.map(rate), 0),
    spreadText(all.map(cpu), 0),
    `${spreadText(
      all.map(({ p50Ms }) => p50Ms),
      1,
    )} / ${spreadText(
      all.map(({ p99Ms }) => p99Ms),
      1,
    )}`,
    (median(name, rate) / median(peer, rate)).toFixed(2),
    (median(name, cpu) / median(peer, cpu)).toFixed(2),
  ]);
  const ratios = ['rate ratio', 'CPU ratio'];
  printTable(['path', 'requests/s', 'CPU µs per request, both hops', 'p50 / p99 ms', ...ratios], rows);
  console.log(`\n${connections} connections, ${seconds} s a run, ${results.get(peer)?.[0]?.protocol ?? ''}`);
}

async function run(estate: Estate, ports: Ports, directory: string): Promise<void> {
  const peers = await newPeers(estate, ports, directory);
  try {
    await estate.startNodes();
    for (const peer of peers) await peer.start();
    await activateByHand(estate);
    const { get, signIn, peer } = await targetsOf(estate, ports);
    const nodes = [estate.node('edge-1'), estate.node('core-1')];
    const contenders = [
      { name: 'fairlead, GET of 1 kB', run: () => measure(get, nodes) },
      { name: 'nginx, GET of 1 kB', run: () => measure(peer, peers.slice(1)) },
      { name: 'fairlead, sign-in', run: () => measure(signIn, nodes) },
    ];
    await contest(1, contenders);
    printResults(await contest(rounds, contenders), 'nginx, GET of 1 kB');
  } finally {
    for (const peer of peers) await peer.stop();
  }
}

await inTemporaryDirectory(async (directory) => {
  printTitle('Sign-in and an allowed GET through edge, link and core');
  if (!hasNginx()) {
    console.log('skipped: nginx is not installed, and only root can install it (Debian: nginx-light)');
    return;
  }
  const ports = await takePorts();
  const estate = await newEstate({
    directory: join(directory, 'estate'),
    documents: documentsFor(ports.upstream),
    environment: process.env,
    clock: systemClock,
    unifiedCmApart: true,
  });
  try {
    await run(estate, ports, directory);
  } finally {
    await estate.stop();
  }
});
