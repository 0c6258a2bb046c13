import type { ValueFault } from '../model/schema-check.js';
import type {
  CoreSignallingConfig,
  CoreSipConfig,
  DialledSignallingPeer,
  EdgeSignallingConfig,
  EdgeSipConfig,
  ListenAddress,
  SignallingPeer,
  SignallingTlsFiles,
  TlsFiles,
} from './node-config.js';

/** As it is written: a left-out port is that of the service. */
type WrittenListen = Omit<ListenAddress, 'port'> & Partial<Pick<ListenAddress, 'port'>>;
type WrittenPeer = Omit<DialledSignallingPeer, 'port'> & Partial<Pick<DialledSignallingPeer, 'port'>>;

/** The sections of an edge that belong to SIP, as they are written: valid by their schema, paths relative. */
export interface WrittenEdgeSip {
  readonly signalling?: Omit<EdgeSignallingConfig, 'listen'> & { readonly listen: WrittenListen };
  readonly sip?: { readonly tls: WrittenListen; readonly tcp?: WrittenListen; readonly certificate?: TlsFiles };
}

interface WrittenCoreSignalling {
  readonly listen?: WrittenListen;
  readonly tls: SignallingTlsFiles;
  readonly edges: readonly WrittenPeer[];
  readonly cores?: readonly WrittenPeer[];
}

/** The same of a core. */
export interface WrittenCoreSip {
  readonly signalling?: WrittenCoreSignalling;
  readonly sip?: {
    readonly advertisedHost: string;
    readonly tcp?: WrittenListen;
    readonly udp?: WrittenListen;
    readonly tls?: WrittenListen;
    readonly certificate?: TlsFiles;
  };
}

type PathOf = (file: string) => string;

const ports = { signalling: 7001, sipTls: 5061, sip: 5060 } as const;

function listenAt({ host, port }: WrittenListen, usualPort: number): ListenAddress {
  return { host, port: port ?? usualPort };
}

function filesAt({ certFile, keyFile }: TlsFiles, path: PathOf): TlsFiles {
  return { certFile: path(certFile), keyFile: path(keyFile) };
}

function signallingTls({ caFile, ...files }: SignallingTlsFiles, path: PathOf): SignallingTlsFiles {
  return { ...filesAt(files, path), caFile: path(caFile) };
}

/** Fills in ports and paths; the certificate that clients see is that of `access` unless another is named. */
export function edgeSipFrom(
  { signalling, sip }: WrittenEdgeSip,
  access: TlsFiles,
  path: PathOf,
): { readonly signalling?: EdgeSignallingConfig; readonly sip?: EdgeSipConfig } {
  return {
    ...(signalling && {
      signalling: {
        ...signalling,
        listen: listenAt(signalling.listen, ports.signalling),
        tls: signallingTls(signalling.tls, path),
      },
    }),
    ...(sip && {
      sip: {
        tls: listenAt(sip.tls, ports.sipTls),
        ...(sip.tcp && { tcp: listenAt(sip.tcp, ports.sip) }),
        certificate: sip.certificate === undefined ? access : filesAt(sip.certificate, path),
      },
    }),
  };
}

function coreSignallingFrom({ listen, tls, edges, cores = [] }: WrittenCoreSignalling, path: PathOf) {
  const peer = ({ port, ...rest }: WrittenPeer): DialledSignallingPeer => ({ ...rest, port: port ?? ports.signalling });
  return {
    ...(listen && { listen: listenAt(listen, ports.signalling) }),
    ...{ tls: signallingTls(tls, path), edges: edges.map(peer), cores: cores.map(peer) },
  };
}

/** Fills in ports and paths; the certificate that UC nodes see is that of `signalling` unless another is named. */
export function coreSipFrom(
  { signalling, sip }: WrittenCoreSip,
  path: PathOf,
): { readonly signalling?: CoreSignallingConfig; readonly sip?: CoreSipConfig } {
  if (signalling === undefined) return {};
  const certificate = sip?.certificate ?? signalling.tls;
  return {
    signalling: coreSignallingFrom(signalling, path),
    ...(sip && {
      sip: {
        advertisedHost: sip.advertisedHost,
        ...(sip.tcp && { tcp: listenAt(sip.tcp, ports.sip) }),
        ...(sip.udp && { udp: listenAt(sip.udp, ports.sip) }),
        ...(sip.tls && { tls: listenAt(sip.tls, ports.sipTls) }),
        certificate: filesAt(certificate, path),
      },
    }),
  };
}

function fault(pointer: string, message: string): ValueFault {
  return { pointer, at: 'value', message };
}

interface PlacedPeer {
  readonly pointer: string;
  readonly peer: SignallingPeer;
}

function placed(list: string, peers: readonly SignallingPeer[]): readonly PlacedPeer[] {
  return peers.map((peer, index) => ({ pointer: `/signalling/${list}/${index}`, peer }));
}

/** Nobody would know which of two peers is meant. */
function repeatedPeers(peers: readonly PlacedPeer[]): readonly ValueFault[] {
  return (['name', 'certificateName'] as const).flatMap((field) => {
    const texts = peers.map(({ peer }) => peer[field]);
    const again = peers.filter(({ peer }, index) => texts.indexOf(peer[field]) < index);
    return again.map(({ pointer }) => fault(`${pointer}/${field}`, `another peer has the same ${field}`));
  });
}

function needsSignalling({ signalling, sip }: WrittenEdgeSip | WrittenCoreSip): readonly ValueFault[] {
  return sip !== undefined && signalling === undefined ? [fault('/sip', 'sip needs the section signalling')] : [];
}

/** What is wrong with the SIP sections of an edge that their schema lets pass. */
export function edgeSipFaults(written: WrittenEdgeSip): readonly ValueFault[] {
  return [...needsSignalling(written), ...repeatedPeers(placed('cores', written.signalling?.cores ?? []))];
}

function meshFaults(name: string, { listen, cores = [] }: WrittenCoreSignalling): readonly ValueFault[] {
  const own = cores.findIndex((core) => core.name === name);
  const caller = cores.find((core) => core.name < name);
  return [
    ...(own < 0
      ? []
      : [fault(`/signalling/cores/${own}/name`, 'this is the node itself; only other cores stand here')]),
    ...(caller === undefined || listen !== undefined
      ? []
      : [fault('/signalling', `listen is missing: ${caller.name} sorts before ${name} and dials it`)]),
  ];
}

/** What is wrong with the SIP sections of the core of that name that their schema lets pass. */
export function coreSipFaults(name: string, written: WrittenCoreSip): readonly ValueFault[] {
  const { signalling, sip } = written;
  const isUnreachable = sip !== undefined && sip.tcp === undefined && sip.udp === undefined && sip.tls === undefined;
  return [
    ...needsSignalling(written),
    ...(isUnreachable ? [fault('/sip', 'sip needs at least one of tcp, udp and tls')] : []),
    ...(signalling === undefined
      ? []
      : [
          ...repeatedPeers([...placed('edges', signalling.edges), ...placed('cores', signalling.cores ?? [])]),
          ...meshFaults(name, signalling),
        ]),
  ];
}
