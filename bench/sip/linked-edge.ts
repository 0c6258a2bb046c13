import { join } from 'node:path';
import { authored } from '../../src/lab/estate/cluster-documents.js';
import { type Estate, newEstate } from '../../src/lab/estate/estate.js';
import type { EstateEdge } from '../../src/lab/estate/estate-layout.js';
import type { EstateProcess } from '../../src/lab/estate/estate-process.js';
import { systemClock as clock } from '../../src/platform/clock.js';
import { activateByHand } from '../../test/lab/activate-by-hand.js';
import { moveToOtherCpu, onProxyCpu } from './pinning.js';
import { startUpstream } from './upstream.js';

/** An edge process with its link to what answers as a core. */
export interface LinkedEdge {
  readonly estate: Estate;
  readonly edge: EstateEdge;
  readonly process: EstateProcess;
  /** Where the same process answers over TCP, and over TLS. */
  readonly upstreamPorts: { readonly tcp: number; readonly tls: number };
}

const program = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
/** Devices `CSF0` to this many less one may register. */
const devices = 1000;

/** Runs an edge pinned to one processor, everything else on the other, and ends it afterwards. */
export async function withLinkedEdge(directory: string, work: (linked: LinkedEdge) => Promise<void>): Promise<void> {
  const estate = await newEstate({
    directory: join(directory, 'estate'),
    documents: [authored('SipTransport', 'default', { connectionRate: { mode: 'off' } })],
    environment: process.env,
    program: onProxyCpu(process.execPath, program),
    clock,
  });
  try {
    const edge = estate.layout.edges[0]!;
    const edgeProcess = estate.node(edge.name);
    await edgeProcess.start();
    await activateByHand(estate, [edge]);
    const {
      child,
      port: tcp,
      tlsPort: tls,
    } = await startUpstream({
      certificates: estate.paths.certificates.directory,
      ...{ edgeName: edge.name, edgeHost: edge.host, signallingPort: edge.signallingPort, devices },
    });
    moveToOtherCpu(process.pid);
    await work({ estate, edge, process: edgeProcess, upstreamPorts: { tcp, tls } });
    child.disconnect();
  } finally {
    await estate.stop();
  }
}
