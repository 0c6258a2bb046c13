// REGISTERs of 1 kB through our edge process, and through Kamailio as an outbound proxy with Path, at the same fixed rates.
import { createSecureContext } from 'node:tls';
import { freePort } from '../src/lab/estate/free-port.js';
import type { FlowTarget } from '../src/lab/sip/flow/connect-flow.js';
import { runSipLoad } from '../src/lab/sip/load/sip-load.js';
import { systemClock as clock } from '../src/platform/clock.js';
import { contest } from './contest.js';
import { printTable, printTarget, printTitle } from './report.js';
import { hasKamailio, newKamailio } from './sip/kamailio.js';
import { type LinkedEdge, withLinkedEdge } from './sip/linked-edge.js';
import { isPinned } from './sip/pinning.js';
import { cpuSecondsOfAll, processTree } from './sip/process-tree.js';
import { quantile, spreadText } from './spread.js';
import { inTemporaryDirectory } from './temporary-directory.js';

interface Load {
  readonly title: string;
  readonly protocol: 'TCP' | 'TLS';
  readonly connections: number;
  readonly perSecond: number;
  /** Most of Kamailio's CPU that we may take. */
  readonly cpuShare: number;
  /** Most milliseconds of our p99, beside twice Kamailio's. */
  readonly p99Ms: number;
}

const rate = Number(process.env['BENCH_SIP_RATE'] ?? 1);
const rounds = 3;
const seconds = 5;
const loads: readonly Load[] = [
  { title: 'TCP, 1 connection', protocol: 'TCP', connections: 1, perSecond: 4000 * rate, cpuShare: 1, p99Ms: 0 },
  { title: 'TCP, 100 connections', protocol: 'TCP', connections: 100, perSecond: 4000 * rate, cpuShare: 1, p99Ms: 0 },
  { title: 'TLS, 1,000 clients', protocol: 'TLS', connections: 1000, perSecond: 3000 * rate, cpuShare: 1.3, p99Ms: 10 },
];
const registrar = 'cucm-1.lab.example';
const loopback = '127.0.0.1';

interface Way {
  readonly name: string;
  /** The processes that are charged. */
  readonly pids: () => Promise<readonly number[]>;
  readonly ca: string;
  readonly targetOf: (protocol: 'TCP' | 'TLS') => FlowTarget;
}

interface Measured {
  readonly cpuMicroseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function measure({ name, pids, ca, targetOf }: Way, load: Load, isWarm = true): Promise<Measured> {
  const { protocol, connections, perSecond } = load;
  const target = targetOf(protocol);
  const charged = await pids();
  const route = `<sip:${target.host}:${target.port};transport=${protocol.toLowerCase()};lr>`;
  let before = 0;
  const report = await runSipLoad({
    ...{ target, connections, perSecond, clock },
    devices: Math.max(connections, 100),
    requests: perSecond * seconds,
    template: { registrar, route, messageBytes: 1000 },
    trust: { secureContext: createSecureContext({ ca }), sessions: new Map() },
    onConnected: async () => {
      before = await cpuSecondsOfAll(charged);
    },
  });
  const cpuSeconds = (await cpuSecondsOfAll(charged)) - before;
  // A program that has just started stands still longer than the requests of one client may wait.
  if (isWarm && report.failed > 0) throw new Error(`${name}, not answered: ${JSON.stringify([...report.failures])}`);
  const { p50Ms, p99Ms } = report.latency;
  return { cpuMicroseconds: (cpuSeconds / report.answered) * 1e6, p50Ms, p99Ms };
}

interface Contender {
  readonly name: string;
  readonly measured: readonly Measured[];
}

function rowOf({ name, measured }: Contender): readonly string[] {
  const spread = (figure: (one: Measured) => number, digits: number) => spreadText(measured.map(figure), digits);
  return [name, spread((one) => one.cpuMicroseconds, 1), spread((one) => one.p50Ms, 2), spread((one) => one.p99Ms, 1)];
}

/** The median over the rounds of how we stand to another. */
function ratio({ measured: ours }: Contender, { measured: theirs }: Contender, figure: (one: Measured) => number) {
  const ratios = ours.map((us, round) => figure(us) / figure(theirs[round] ?? us));
  return quantile(ratios, 0.5);
}

/** Kamailio that sends on over TCP does less than our edge, whose link is encrypted; one that sends on over TLS does the same. */
function printLoad(load: Load, ours: Contender, others: readonly Contender[]): void {
  printTitle(`${load.title}, ${load.perSecond} REGISTERs a second`);
  printTable(['proxy', 'CPU us per transaction', 'p50 ms', 'p99 ms'], [ours, ...others].map(rowOf));
  console.log();
  for (const other of others) {
    printTarget(
      `CPU, times ${other.name}`,
      ratio(ours, other, (one) => one.cpuMicroseconds),
      '<=',
      load.cpuShare,
    );
    if (load.p99Ms === 0)
      printTarget(
        `p99, times ${other.name}`,
        ratio(ours, other, (one) => one.p99Ms),
        '<=',
        2,
      );
  }
  const p99 = quantile(
    ours.measured.map((one) => one.p99Ms),
    0.5,
  );
  if (load.p99Ms > 0) printTarget('p99 (ms)', p99, '<=', load.p99Ms);
}

async function compare(ours: Way, theirs: readonly Way[]): Promise<void> {
  for (const load of loads) {
    const ways = [ours, ...theirs];
    await contest(
      1,
      ways.map((way) => ({ name: way.name, run: () => measure(way, load, false) })),
    );
    const contenders = ways.map((way) => ({ name: way.name, run: () => measure(way, load) }));
    const results = await contest(rounds, contenders);
    const contender = ({ name }: Way) => ({ name, measured: results.get(name) ?? [] });
    printLoad(load, contender(ours), theirs.map(contender));
  }
}

function oursOf({ estate: { ca }, edge: { host, sipTlsPort, sipTcpPort }, process: { pid = 0 } }: LinkedEdge): Way {
  const portOf = { TCP: sipTcpPort, TLS: sipTlsPort };
  const targetOf = (protocol: 'TCP' | 'TLS') => ({ protocol, host, address: loopback, port: portOf[protocol] });
  return { name: 'fairlead', pids: () => processTree(pid), ca, targetOf };
}

async function startKamailio(linked: LinkedEdge, directory: string, transport: 'tcp' | 'tls') {
  const { estate, edge, upstreamPorts } = linked;
  const taken = new Set<number>();
  const tcpPort = await freePort([loopback], taken);
  const tlsPort = await freePort([loopback], taken.add(tcpPort));
  const certificate = estate.paths.certificates.server(edge.name);
  const kamailio = await newKamailio(
    { tcpPort, tlsPort, upstream: { transport, port: upstreamPorts[transport] }, certificate },
    directory,
  );
  await kamailio.start();
  const targetOf = (protocol: 'TCP' | 'TLS') =>
    protocol === 'TLS'
      ? { protocol, host: edge.host, address: loopback, port: tlsPort }
      : { protocol, host: loopback, port: tcpPort };
  const way: Way = {
    name: `kamailio, ${transport.toUpperCase()} on`,
    pids: () => processTree(kamailio.pid ?? 0),
    ca: estate.ca,
    targetOf,
  };
  return { kamailio, way };
}

async function run(linked: LinkedEdge, directory: string): Promise<void> {
  const theirs = [await startKamailio(linked, directory, 'tcp'), await startKamailio(linked, directory, 'tls')];
  try {
    await compare(
      oursOf(linked),
      theirs.map(({ way }) => way),
    );
  } finally {
    for (const { kamailio } of theirs) await kamailio.stop();
  }
}

await inTemporaryDirectory(async (directory) => {
  if (!hasKamailio()) {
    console.log('skipped: no kamailio, and only root can install it (Debian: kamailio, kamailio-tls-modules)');
    return;
  }
  console.log(`proxies pinned to one processor, load and servers to another: ${isPinned ? 'yes' : 'no'}`);
  await withLinkedEdge(directory, (linked) => run(linked, directory));
});
