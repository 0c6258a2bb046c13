// STUN over TCP: the codec alone, Binding requests answered by our edge process beside coturn, and the whole path of a REGISTER.
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { authored } from '../src/lab/estate/cluster-documents.js';
import { newEstate } from '../src/lab/estate/estate.js';
import { newEstatePhones } from '../src/lab/estate/estate-phones.js';
import { freePort } from '../src/lab/estate/free-port.js';
import { runSipLoad } from '../src/lab/sip/load/sip-load.js';
import { systemClock as clock } from '../src/platform/clock.js';
import { bindingRequest, bindingSuccess, parseStun } from '../src/runtime/sip/stun/stun-message.js';
import { activateByHand } from '../test/lab/activate-by-hand.js';
import { contest } from './contest.js';
import { printTable, printTitle } from './report.js';
import { hasCoturn, newCoturn } from './sip/coturn.js';
import { withLinkedEdge } from './sip/linked-edge.js';
import { cpuSecondsOfAll, processTree } from './sip/process-tree.js';
import { runStunLoad } from './sip/stun-load.js';
import { quantile, spreadText } from './spread.js';
import { inTemporaryDirectory } from './temporary-directory.js';

/** coturn resets connections that ask much more often, or for longer. */
const connections = 200;
const perSecond = 2000;
const seconds = 2;
const rounds = 5;
const path = { devices: 100, perSecond: 500, seconds: 20 };

interface Measured {
  readonly cpuMicroseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Reading one request and writing its answer, without a socket. */
function codecMicroseconds(): number {
  const turns = 500_000;
  const request = bindingRequest();
  let bytes = 0;
  let startMs = 0;
  for (let turn = -turns / 5; turn < turns; turn += 1) {
    if (turn === 0) startMs = performance.now();
    const read = parseStun(request);
    if (read !== undefined) bytes += bindingSuccess(read, '192.0.2.7', 50_123).length;
  }
  if (bytes === 0) throw new Error('nothing was answered');
  return ((performance.now() - startMs) * 1000) / turns;
}

async function measureStun(pid: number, port: number): Promise<Measured> {
  const charged = await processTree(pid);
  let before = 0;
  const requests = perSecond * seconds;
  const onConnected = async () => {
    before = await cpuSecondsOfAll(charged);
  };
  const { p50Ms, p99Ms } = await runStunLoad({ port, connections, perSecond, requests, onConnected });
  return { cpuMicroseconds: (((await cpuSecondsOfAll(charged)) - before) / requests) * 1e6, p50Ms, p99Ms };
}

function texts(all: readonly Measured[]): readonly string[] {
  const column = (figure: (one: Measured) => number) => spreadText(all.map(figure), 2);
  return [column((one) => one.cpuMicroseconds), column((one) => one.p50Ms), column((one) => one.p99Ms)];
}

async function besideCoturn(directory: string): Promise<void> {
  printTitle(`STUN over TCP, ${connections} connections, ${perSecond} requests a second`);
  console.log(`codec alone: ${codecMicroseconds().toFixed(2)} us a request\n`);
  await withLinkedEdge(directory, async ({ edge, process: edgeProcess }) => {
    const port = await freePort(['127.0.0.1'], new Set());
    const coturn = await newCoturn(port, directory);
    await coturn.start();
    const ours = { name: 'fairlead', run: () => measureStun(edgeProcess.pid ?? 0, edge.sipTcpPort) };
    const theirs = { name: 'coturn', run: () => measureStun(coturn.pid ?? 0, port) };
    try {
      await contest(1, [ours, theirs]);
      const results = await contest(rounds, [ours, theirs]);
      const head = ['server', 'CPU us per request', 'p50 ms', 'p99 ms'];
      printTable(
        head,
        [...results].map(([name, all]) => [name, ...texts(all)]),
      );
      const peers = results.get('coturn') ?? [];
      const ratios = (results.get('fairlead') ?? []).map(
        (one, round) => one.cpuMicroseconds / (peers[round]?.cpuMicroseconds ?? NaN),
      );
      console.log(`\nCPU, times coturn's: ${quantile(ratios, 0.5).toFixed(2)}`);
    } finally {
      await coturn.stop();
    }
  });
}

async function wholePath(directory: string): Promise<void> {
  const estate = await newEstate({
    directory: join(directory, 'path'),
    documents: [
      authored('AuthorizationRateControl', 'default', { maximumAuthorizationsPerPeriod: 0 }),
      authored('SipTransport', 'default', { connectionRate: { mode: 'off' } }),
    ],
    ...{ environment: process.env, clock, unifiedCmApart: true },
  });
  try {
    await estate.startNodes();
    await activateByHand(estate);
    await estate.unifiedCm.sip.configure({ autoRegistration: true, notify: 'never' });
    await newEstatePhones(estate, { phones: path.devices, clock });
    const { host, sipTlsPort: port } = estate.layout.edges[0]!;
    const { answered, failed, latency } = await runSipLoad({
      target: { protocol: 'TLS', host, address: '127.0.0.1', port },
      trust: { secureContext: createSecureContext({ ca: estate.ca }), sessions: new Map() },
      ...{ connections: path.devices, perSecond: path.perSecond, requests: path.perSecond * path.seconds, clock },
      template: { registrar: estate.layout.ucHosts[0] ?? '', device: (number) => `CSFPHONE${number}` },
    });
    printTitle(`REGISTER from phone to edge, core, registrar and back, ${path.perSecond} a second over TLS`);
    const { p50Ms, p90Ms, p99Ms } = latency;
    const row = [answered, failed, p50Ms, p90Ms, p99Ms].map((figure) => String(Number(figure.toFixed(1))));
    printTable(['answered', 'failed', 'p50 ms', 'p90 ms', 'p99 ms'], [row]);
  } finally {
    await estate.stop();
  }
}

await inTemporaryDirectory(async (directory) => {
  await wholePath(directory);
  if (hasCoturn()) await besideCoturn(directory);
  else console.log('skipped: coturn is not installed, and only root can install it (Debian: coturn)');
});
