import type { AdminScope } from '../admin/contract.js';
import type { NodeRole } from '../model/plan.js';
import type { LogLevel } from '../platform/log.js';

export interface ListenAddress {
  readonly host: string;
  /** 0 to 65535; 0 takes a free port. */
  readonly port: number;
}

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Who may use the admin interface: a bearer token (its SHA-256, hex), or the common name of a client certificate. */
export interface AdminIdentity {
  readonly name: string;
  readonly scopes: readonly AdminScope[];
  readonly tokenSha256?: string;
  readonly clientCommonName?: string;
}

export interface AdminConfig {
  readonly listen: ListenAddress;
  readonly tls: TlsFiles & { readonly clientCaFile?: string };
  readonly identities: readonly AdminIdentity[];
}

/** Keys of the sign-in tokens (Ed25519): cores sign, every node of the cluster verifies. */
export interface TokenKeysConfig {
  /** PKCS 8 PEM. */
  readonly signingKeyFile: string;
  /** SPKI PEM blocks of every core of the cluster, one after another. */
  readonly verificationKeysFile: string;
}

interface NodeConfigBase {
  readonly name: string;
  readonly cluster: string;
  /** Mode 0700; made when missing. */
  readonly stateDir: string;
  readonly logLevel: LogLevel;
  /** How long a node that is behind its cluster refuses clients while nobody brings it forward; 0 to 3600. */
  readonly catchUpSeconds: number;
  readonly admin: AdminConfig;
  /** Names the node resolves by itself, to IPv4 or IPv6 addresses, before it asks DNS. */
  readonly hosts?: Readonly<Record<string, string>>;
}

/** The edge's end of the links: who may dial in. Keys in OpenSSH form, one line. */
export interface EdgeLinkConfig {
  readonly listen: ListenAddress;
  /** OpenSSH or PKCS 8 PEM. */
  readonly hostKeyFile: string;
  readonly cores: readonly { readonly name: string; readonly publicKey: string }[];
}

/** The core's end of the links: where to dial. */
export interface CoreLinkConfig {
  readonly clientKeyFile: string;
  readonly edges: readonly {
    readonly name: string;
    readonly host: string;
    readonly port: number;
    readonly hostKey: string;
  }[];
}

/** What a node shows to its signalling peers, and the CA that proves theirs. All PEM. */
export interface SignallingTlsFiles extends TlsFiles {
  readonly caFile: string;
}

/** A node at the other end of a signalling link, known by the name in its certificate. */
export interface SignallingPeer {
  readonly name: string;
  /** DNS name or IP address that its certificate must carry. */
  readonly certificateName: string;
}

export interface DialledSignallingPeer extends SignallingPeer {
  readonly host: string;
  readonly port: number;
}

/** The edge's end of the signalling links: cores dial in. */
export interface EdgeSignallingConfig {
  readonly listen: ListenAddress;
  readonly tls: SignallingTlsFiles;
  readonly cores: readonly SignallingPeer[];
}

/** The core's end of the signalling links: it dials the edges and the cores whose names sort after its own. */
export interface CoreSignallingConfig {
  /** For the cores whose names sort before its own. */
  readonly listen?: ListenAddress;
  readonly tls: SignallingTlsFiles;
  readonly edges: readonly DialledSignallingPeer[];
  readonly cores: readonly DialledSignallingPeer[];
}

/** Where SIP clients reach an edge. */
export interface EdgeSipConfig {
  readonly tls: ListenAddress;
  readonly tcp?: ListenAddress;
  readonly certificate: TlsFiles;
}

/** Where UC nodes reach a core; at least one of the transports. */
export interface CoreSipConfig {
  /** Stands in Via, Record-Route, Path and Contact towards UC nodes. */
  readonly advertisedHost: string;
  readonly tcp?: ListenAddress;
  readonly udp?: ListenAddress;
  readonly tls?: ListenAddress;
  /** Shown to UC nodes, as server and as client. */
  readonly certificate: TlsFiles;
}

export interface EdgeNodeConfig extends NodeConfigBase {
  readonly role: 'edge';
  readonly access: {
    readonly listen: ListenAddress;
    readonly tls: TlsFiles;
    /** The name clients reach this edge by; it stands in edge-config documents. */
    readonly publicName: string;
  };
  readonly link: EdgeLinkConfig;
  /** Present when `sip` is. */
  readonly signalling?: EdgeSignallingConfig;
  readonly sip?: EdgeSipConfig;
  readonly tokens: Pick<TokenKeysConfig, 'verificationKeysFile'>;
}

export interface CoreNodeConfig extends NodeConfigBase {
  readonly role: 'core';
  readonly link: CoreLinkConfig;
  /** Present when `sip` is. */
  readonly signalling?: CoreSignallingConfig;
  readonly sip?: CoreSipConfig;
  readonly tokens: TokenKeysConfig;
}

/** What a node must know before it has any snapshot; everything else comes from Git. Paths are absolute here. */
export type NodeConfig = EdgeNodeConfig | CoreNodeConfig;

/** Ports that a node really listens on, written to `endpoints.json` in its state directory when it is ready. */
export interface NodeEndpoints {
  readonly role: NodeRole;
  readonly pid: number;
  readonly admin: number;
  readonly access?: number;
  readonly link?: number;
  readonly signalling?: number;
  readonly sipTls?: number;
  readonly sipTcp?: number;
  readonly sipUdp?: number;
}
