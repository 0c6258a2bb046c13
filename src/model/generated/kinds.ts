// Generated from schemas/ by `npm run generate`. Do not edit.
/** Every kind, in the order of waves, then names. */
export const kinds = [
  'Cluster',
  'SyncPolicy',
  'HttpTransport',
  'SipTransport',
  'Domain',
  'IMPresence',
  'UnifiedCM',
  'UnityConnection',
  'AccessControl',
  'AllowRule',
  'AuthorizationRateControl',
  'CredentialCaching',
  'RegistrationFailover',
  'Exemption',
  'Protection',
  'ProtectionCategory',
  'Maintenance',
] as const;

export type Kind = (typeof kinds)[number];

/**
 * Any resource, told apart by its kind.
 */
export type AnyResource = (ClusterResource | SyncPolicyResource | HttpTransportResource | SipTransportResource | DomainResource | IMPresenceResource | UnifiedCMResource | UnityConnectionResource | AccessControlResource | AllowRuleResource | AuthorizationRateControlResource | CredentialCachingResource | RegistrationFailoverResource | ExemptionResource | ProtectionResource | ProtectionCategoryResource | MaintenanceResource);
/**
 * Where the reconciler finds a secret value: exactly one of `env` and `file`. The value itself never stands in Git, in a plan, in a log or in an answer of a node; it travels beside the snapshot, over TLS, only to the roles that need it. A changed value is a visible change, because its fingerprint stands in the rendered snapshot.
 */
export type SecretRef = ({
    /**
     * Name of an environment variable of the reconciler. Only names that begin with `FAIRLEAD_SECRET_` are read, so that a pull request cannot have another variable sent to a server. Absent, `file` names the secret.
     */
    readonly env: string;
    /**
     * Keyed hash of the value, put in when the reconciler renders the snapshot of a node. Absent in Git, where writing it is refused.
     */
    readonly fingerprint?: string;
} | {
    /**
     * Path of a file below the secrets directory that the operator gave the reconciler; one line end at its end does not count. Absent, `env` names the secret.
     */
    readonly file: string;
    /**
     * Keyed hash of the value, put in when the reconciler renders the snapshot of a node. Absent in Git, where writing it is refused.
     */
    readonly fingerprint?: string;
});
/**
 * `correct` reports drift and puts the desired state back; `report` only reports it, with who and what when the node knows; `ignore` does neither.
 */
export type DriftMode = ("correct" | "report" | "ignore");
/**
 * `http-ce-auth`: HTTPS requests whose credentials were refused. `http-ce-access`: requests for a resource that is not there or not allowed. `http-ce-intrusion`: violations of the HTTP protocol. `sip-auth`: credentials presented over SIP and refused. `sip-register`: refused SIP registrations. `sshpfwd-auth`: failed authentication on the SSH tunnel port. `sshpfwd-intrusion`: violations of the SSH protocol there. `xmpp-intrusion`: violations of the XMPP protocol.
 */
export type ProtectionCategoryName = ("http-ce-auth" | "http-ce-access" | "http-ce-intrusion" | "sip-auth" | "sip-register" | "sshpfwd-auth" | "sshpfwd-intrusion" | "xmpp-intrusion");
/**
 * What a node does: `edge` stands in the DMZ and faces the internet, `core` stands inside and faces the UC servers.
 */
export type Role = ("edge" | "core");
/**
 * The nodes that serve together, and how the reconciler reaches them. A directory with a Cluster document is a cluster; all documents in it and below it belong to it, as far as the next Cluster document. It configures the reconciler; of all of it, the cores get `sharedStore`, and the edges nothing. A node that is removed here keeps what it runs and is no longer watched.
 */
export interface ClusterResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "Cluster";
    readonly metadata: Metadata;
    readonly spec: ClusterSpec;
}
/**
 * Who the resource is. Kind and name together are its identity: renaming one is a delete and a create.
 */
export interface Metadata {
    readonly name: string;
    readonly annotations?: {
        /**
         * The note.
         */
        readonly [k: string]: string;
    };
}
/**
 * Driver, nodes, shared store and bases of the cluster. In a repository it has at least one edge or core.
 */
export interface ClusterSpec {
    /**
     * How changes reach the nodes. `runtime` drives Fairlead's own nodes: a whole snapshot is prepared, swapped in and confirmed, or everything goes back. `stepwise` drives a system without transactions, one change after the other: a failure is compensated step by step, and may leave a partial outcome that is reported as such.
     */
    readonly driver: ("runtime" | "stepwise");
    /**
     * The edge nodes, in the DMZ. Their order has no meaning; they are known by their names.
     */
    readonly edges: readonly ClusterNode[];
    /**
     * The core nodes, inside, in order of preference: the first one that is reachable is the primary, which discovers the UC servers for all. Changing the order moves no session.
     */
    readonly cores: readonly ClusterNode[];
    readonly sharedStore?: SharedStore;
    /**
     * Directories whose documents this cluster inherits, as paths from the root of the source (the reconciler's `source.path`), the weakest first. A document of the cluster with the same kind and name is merged over the inherited one as a JSON merge patch (RFC 7386): objects merge member by member, arrays and scalars replace, `null` removes.
     */
    readonly bases: readonly string[];
}
/**
 * A node and its admin endpoint.
 */
export interface ClusterNode {
    readonly name: string;
    readonly admin: AdminEndpoint;
}
/**
 * How the reconciler reaches the admin interface of a node. Always TLS, always verified, always authenticated.
 */
export interface AdminEndpoint {
    /**
     * Address of the admin interface: `https`, host and port, nothing behind it.
     */
    readonly url: string;
    readonly tokenRef: SecretRef;
    /**
     * CA certificates that may sign the node's certificate, in PEM; only these are trusted then. Absent, the CA certificates that Node.js ships are trusted.
     */
    readonly ca?: string;
    /**
     * Name that the node's certificate must carry when it is not the host of `url`, for example because `url` goes through a tunnel. Absent, the host of `url` is the name.
     */
    readonly serverName?: string;
}
/**
 * A Valkey or Redis server (6.2 or later, not in cluster mode) that the cores share. Edges never connect to it. An apply neither waits for it nor fails because of it.
 */
export interface SharedStore {
    /**
     * `rediss://host[:port][/database]` with TLS, or `redis://` without. Port 6379 and database 0 unless it says otherwise. User and password do not belong here.
     */
    readonly url: string;
    /**
     * Name of the store's user, when it has users (ACL). Absent, `passwordRef` is the password of its default user.
     */
    readonly username?: string;
    readonly passwordRef?: SecretRef;
    /**
     * CA certificates that may sign the store's certificate, in PEM, for `rediss`; only these are trusted then. Absent, the CA certificates that Node.js ships are trusted. The certificate is always checked, for the host of `url`.
     */
    readonly ca?: string;
}
/**
 * How eagerly and how carefully the reconciler follows Git: what it does about drift, how a change is rolled out and confirmed, how much one change may touch, and when. Nodes never get this document, and changing it interrupts nothing. Absent, every default below holds.
 */
export interface SyncPolicyResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "SyncPolicy";
    readonly metadata: SingletonMetadata;
    readonly spec: SyncPolicySpec;
}
/**
 * Who the resource is. A cluster has at most one resource of this kind, so its name is always `default`.
 */
export interface SingletonMetadata {
    /**
     * Always `default`: a cluster has at most one resource of this kind.
     */
    readonly name: "default";
    readonly annotations?: {
        /**
         * The note.
         */
        readonly [k: string]: string;
    };
}
/**
 * The policy; every part of it has a default.
 */
export interface SyncPolicySpec {
    readonly suspend?: Suspension;
    readonly drift: DriftPolicy;
    readonly rollout: RolloutPolicy;
    /**
     * How many nodes may be unreachable while a change is applied to the others. A node left behind refuses clients until it has caught up, for at most `catchUpSeconds` of its own file; then it serves its older configuration. At 0 every node must answer, which is the default.
     */
    readonly unreachableNodesTolerated: number;
    readonly limits: ChangeLimits;
    /**
     * Lets a plan delete everything that was managed. Off by default: a repository that suddenly declares nothing is more often a wrong path than a wish.
     */
    readonly allowEmpty: boolean;
    /**
     * Lets a plan delete the last UnifiedCM, IMPresence, UnityConnection or Domain. Off by default: without the last one of a kind no client can use that service.
     */
    readonly allowLastServerRemoval: boolean;
    /**
     * Lets a plan take every edge, or every core, that answers into maintenance mode at the same time, now or in windows that overlap. Off by default: no client could sign in, register or call then.
     */
    readonly allowWholeRoleMaintenance: boolean;
    /**
     * When changes may begin to be applied. Outside of them the reconciler plans, reports and waits. Empty means always.
     */
    readonly windows: readonly Window[];
    /**
     * How often the repository and the nodes are looked at when nothing else says so, in seconds, with some jitter. Webhooks and node events are faster; the poll is what makes a lost one harmless.
     */
    readonly pollIntervalSeconds: number;
}
/**
 * That nothing is applied, why, and until when.
 */
export interface Suspension {
    /**
     * Why nothing is applied; status and plans show it.
     */
    readonly reason: string;
    /**
     * When applying goes on by itself, as an RFC 3339 date and time with its offset. Absent, it stays suspended until this document changes.
     */
    readonly until?: string;
}
/**
 * Drift mode for all kinds, and exceptions by kind.
 */
export interface DriftPolicy {
    readonly default: DriftMode;
    /**
     * Mode by kind, for the kinds that are to be treated differently.
     */
    readonly kinds: {
        readonly [k: string]: DriftMode;
    };
}
/**
 * Order, proof and deadline of an apply.
 */
export interface RolloutPolicy {
    /**
     * How long a node runs a new state on trust, in seconds. Not confirmed by then, because a probe failed or the reconciler died or was cut off, the node puts the last confirmed state back by itself. Long enough for all nodes to be changed and probed; short enough to live through.
     */
    readonly confirmDeadlineSeconds: number;
    /**
     * Node that gets a change first; the others follow only when its probes pass. Absent, it is the last core in the declared order, or the first edge when no core changes.
     */
    readonly canary?: string;
    /**
     * How long one round of probes of a node may take, in seconds. A probe that has not answered by then has failed.
     */
    readonly probeTimeoutSeconds: number;
}
/**
 * Guards against a change that is larger than anybody meant. The first one exceeded blocks the plan, and the plan says which.
 */
export interface ChangeLimits {
    readonly deletes: DeleteLimit;
    readonly updates: UpdateLimit;
    /**
     * The shares in percent count only in clusters with at least this many managed resources; in a small one a single change is a large share. The numbers always count.
     */
    readonly appliesFromResources: number;
}
/**
 * How many resources one plan may delete.
 */
export interface DeleteLimit {
    /**
     * Largest share of the managed resources that one plan may delete, in percent. At 100 the share does not limit.
     */
    readonly percent: number;
    /**
     * Largest number of resources that one plan may delete.
     */
    readonly number: number;
}
/**
 * How many resources one plan may update.
 */
export interface UpdateLimit {
    /**
     * Largest share of the managed resources that one plan may update, in percent. At 100 the share does not limit.
     */
    readonly percent: number;
    /**
     * Largest number of resources that one plan may update.
     */
    readonly number: number;
}
/**
 * A span of time that recurs: it opens when the cron expression matches in the time zone, and stays open for the duration. Daylight saving follows the time zone; a start in the skipped hour opens when the hour is over, and one in the repeated hour opens once.
 */
export interface Window {
    /**
     * When the window opens: minute, hour, day of month, month, day of week, with `*`, lists, ranges and steps, months and days of the week also by their English three-letter names. When both days are restricted, either one matches.
     */
    readonly cron: string;
    /**
     * IANA time zone in which the cron expression is read. UTC by default, because it has no daylight saving and means the same on every machine.
     */
    readonly timeZone: string;
    /**
     * How long the window stays open, in minutes, up to one week.
     */
    readonly durationMinutes: number;
}
/**
 * Limits and time-outs of HTTPS between clients and UC servers: they keep large, slow or numerous requests from taking up the edge. Parsing is strict whatever stands here: a message that RFC 9112 leaves open to two readings is refused. New numbers hold for new connections and requests; what is in flight is finished under the old ones.
 */
export interface HttpTransportResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "HttpTransport";
    readonly metadata: SingletonMetadata;
    readonly spec: HttpTransportSpec;
}
/**
 * Sizes, times, connections.
 */
export interface HttpTransportSpec {
    /**
     * Largest header section of a request, request line included, in bytes. A larger one is answered with 431 (RFC 6585).
     */
    readonly maximumHeaderBytes: number;
    /**
     * Largest number of header fields in a request. More are answered with 431 (RFC 6585).
     */
    readonly maximumHeaderCount: number;
    /**
     * Largest body of a request, in bytes, counted as it streams. A larger one is answered with 413. Bodies of answers are not limited.
     */
    readonly maximumBodyBytes: number;
    /**
     * How long a client may take to send the header section, in seconds. Slower ones get 408.
     */
    readonly headerTimeoutSeconds: number;
    /**
     * How long a client may take to send the whole request, in seconds. Slower ones get 408. It must be higher than `headerTimeoutSeconds`.
     */
    readonly requestTimeoutSeconds: number;
    /**
     * How long a kept-alive connection may wait for its next request, in seconds, before the edge closes it. A little more than the 60 s after which many clients and balancers close theirs, so that a request does not cross with a close. Also how long a client may leave an answer unread before the rest of it is given up.
     */
    readonly idleTimeoutSeconds: number;
    /**
     * How long a UC server may be silent before or within an answer, in seconds. Before the answer began, the client gets 504; within it, the connection is closed.
     */
    readonly upstreamTimeoutSeconds: number;
    /**
     * Largest number of client connections that an edge holds at once. Further ones are closed before TLS begins. 0 is not allowed; use Maintenance to turn clients away.
     */
    readonly maximumConnections: number;
    readonly connectionRate: ConnectionRate;
    /**
     * Load balancers in front of the edge that send the PROXY protocol (version 1 or 2). A connection from one of them must begin with it, and the address it names counts as the client's, for limits, blocks and logs. From any other source it is a protocol violation. Empty means that there are none.
     */
    readonly proxyProtocolSources: readonly string[];
}
/**
 * How fast one source address may open new TCP connections to the edge. A token bucket: it holds `burst` connections and fills with `perSecond`. Connections that exist are never counted nor touched.
 */
export interface ConnectionRate {
    /**
     * `enforce` closes a connection beyond the rate before TLS begins; `monitor` lets it in, and counts and logs it; `off` does not count.
     */
    readonly mode: ("enforce" | "monitor" | "off");
    /**
     * New connections per second and source address that are let in for as long as one likes. The default and the range are those Expressway has used since X14.2.
     */
    readonly perSecond: number;
    /**
     * New connections of one source address let in at once beyond the steady rate. The default and the range are those Expressway has used since X14.2.
     */
    readonly burst: number;
}
/**
 * How SIP (RFC 3261) is carried between clients and Unified CM: what Unified CM sees as the address of a device, how large a message may be, how long things are waited for, and where media is relayed. Limits and timers hold for new connections and transactions; sessions that are up go on.
 */
export interface SipTransportResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "SipTransport";
    readonly metadata: SingletonMetadata;
    readonly spec: SipTransportSpec;
}
/**
 * Registration mode, limits, timers and media relay.
 */
export interface SipTransportSpec {
    /**
     * What a REGISTER to Unified CM carries. `contact` puts the core's address in place of the device's Contact; it works with every release. `path` leaves Contact alone and adds the core in a Path header (RFC 3327), which shared and multiple lines and built-in-bridge recording need, and which Unified CM knows from 11.5(1)SU3 on. A change makes every device register again, and the Unified CM clusters are read again.
     */
    readonly registrationMode: ("contact" | "path");
    /**
     * Largest SIP message, headers and body, in bytes. A larger request is answered with 513, and the connection is closed when its end cannot be found.
     */
    readonly maximumMessageBytes: number;
    /**
     * Largest single header field with its continuation lines, in bytes. A request with a larger one is answered with 400.
     */
    readonly maximumHeaderBytes: number;
    /**
     * Largest number of header fields in one message. A request with more is answered with 400.
     */
    readonly maximumHeaderCount: number;
    readonly timers: SipTimers;
    readonly registration: RegistrationLifetimes;
    readonly connectionRate: ConnectionRate;
    /**
     * Parts of the `User-Agent` of endpoints whose calls do not outlast the beginning of maintenance mode, letter case aside. The default names endpoints on CE software and RoomOS, on which maintenance mode is not supported: Expressway drops their calls, too. An empty list lets every call go on.
     */
    readonly endedByMaintenance: readonly string[];
    readonly mediaRelay?: MediaRelay;
}
/**
 * Waits of the SIP transports and transactions.
 */
export interface SipTimers {
    /**
     * How long opening a TCP connection may take, in seconds, before the next address or node is tried.
     */
    readonly connectTimeoutSeconds: number;
    /**
     * How long a TLS handshake may take, in seconds, in either direction.
     */
    readonly tlsHandshakeTimeoutSeconds: number;
    /**
     * Estimate of the round-trip time, T1 of RFC 3261 section 17, in milliseconds. The other transaction timers follow from it: a request without an answer is given up after 64 times T1.
     */
    readonly t1Milliseconds: number;
    /**
     * How long a call may ring, in seconds: timer C of RFC 3261 section 16.6, which must be longer than three minutes.
     */
    readonly inviteTimeoutSeconds: number;
    /**
     * A connection of a client on which nothing arrives for this long is closed, in seconds. Keepalives and refreshed registrations count as traffic.
     */
    readonly idleTimeoutSeconds: number;
}
/**
 * Bounds for the lifetime of registrations. Unified CM answers with a lifetime of its own, 120 seconds as a rule, and the shorter one holds.
 */
export interface RegistrationLifetimes {
    /**
     * Shortest lifetime a device may ask for, in seconds; below it the answer is 423 with `Min-Expires`. 0, which ends a registration, is always allowed.
     */
    readonly minimumExpiresSeconds: number;
    /**
     * Longest lifetime a registration gets, in seconds; a longer wish is shortened. It must be higher than the minimum.
     */
    readonly maximumExpiresSeconds: number;
}
/**
 * rtpengine servers and how they are asked.
 */
export interface MediaRelay {
    /**
     * The servers, in no particular order. A call stays on the server it began on; one that does not answer gets no new calls.
     */
    readonly servers: readonly MediaRelayServer[];
    /**
     * How long one answer of a server is waited for, in milliseconds. When no server answers, a call is refused with 503.
     */
    readonly requestTimeoutMilliseconds: number;
}
/**
 * Control endpoint of one rtpengine server.
 */
export interface MediaRelayServer {
    /**
     * Name or address of the server's control endpoint, as the edge reaches it.
     */
    readonly host: string;
    /**
     * UDP port of the ng control protocol.
     */
    readonly port: number;
}
/**
 * A DNS domain whose users are served; `metadata.name` is the domain. Clients find the edge through its SRV record `_collab-edge._tls.<domain>` and ask for their configuration with the domain in the path; a domain that is not declared is answered with 404. Removing a domain, or a service of it, ends the service for its users when their registrations and tokens are next refreshed.
 */
export interface DomainResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "Domain";
    readonly metadata: DomainMetadata;
    readonly spec: DomainSpec;
}
/**
 * The domain itself, and notes about it.
 */
export interface DomainMetadata {
    /**
     * The DNS domain: at least two labels of letters, digits and hyphens, in lower case, an internationalized one in its `xn--` form. Lower case is demanded rather than made, because the name must be the same, letter case included, on every node and in every certificate.
     */
    readonly name: string;
    readonly annotations?: {
        /**
         * The note.
         */
        readonly [k: string]: string;
    };
}
/**
 * The services of the domain.
 */
export interface DomainSpec {
    /**
     * Registration and call control by Unified CM over SIP. Off, a REGISTER for the domain is answered with 403, and the edge configuration lists no SIP edge.
     */
    readonly sip: boolean;
    /**
     * Chat and presence by IM and Presence over XMPP. Off, a stream to the domain is closed with `host-unknown` (RFC 6120), and the edge configuration lists no XMPP edge. Off by default, because it needs an IMPresence. Unlike on Expressway it does not switch `sip` on: each means what it says.
     */
    readonly xmpp: boolean;
}
/**
 * An IM and Presence cluster: chat and presence over XMPP. The core reads its nodes and domains, and carries each user's stream to the node that homes the user. A change is read and tried while it is prepared; what does not answer fails the apply and changes nothing. Deleting it ends the chat streams of its users.
 */
export interface IMPresenceResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "IMPresence";
    readonly metadata: Metadata;
    readonly spec: IMPresenceSpec;
}
/**
 * Where the cluster is, how it is read and how it is reached.
 */
export interface IMPresenceSpec {
    /**
     * The database publisher of the cluster, which is read first. With `tls.verify` on it must be an FQDN. Users on nodes that the new publisher does not name lose their streams.
     */
    readonly publisher: string;
    /**
     * The nodes of the cluster, named by hand, the publisher among them if it serves clients. Only these are used then. Absent, the publisher's own list is used.
     */
    readonly nodes?: readonly UcNode[];
    /**
     * HTTPS port of the SOAP and AXL interfaces on every node.
     */
    readonly soapPort: number;
    /**
     * XMPP client port of the nodes, where users' streams are carried to (RFC 6120).
     */
    readonly xmppPort: number;
    /**
     * TLS port of the XMPP router on the nodes, which is asked which node homes a user.
     */
    readonly routerPort: number;
    readonly credentials: Credentials;
    readonly tls: ServerTls;
    readonly requestTimeoutSeconds: number;
    readonly refresh: RefreshPolicy;
}
/**
 * One server of a UC cluster, named by hand.
 */
export interface UcNode {
    /**
     * DNS name or IP address the core connects to; with `tls.verify` on it must be the FQDN in the server's certificate.
     */
    readonly host: string;
    /**
     * `publisher` holds the writable database, `subscriber` a copy. Clients are served by both.
     */
    readonly role: ("publisher" | "subscriber");
}
/**
 * Account that the core signs in with to read a UC server. It is never used for, nor shown to, a client.
 */
export interface Credentials {
    /**
     * Name of the account, exactly as the server knows it.
     */
    readonly username: string;
    readonly passwordRef: SecretRef;
}
/**
 * How the certificate of a UC server is checked when the core connects to it.
 */
export interface ServerTls {
    /**
     * Check the server's certificate: its chain, its dates, and its name against the host that was configured or discovered. With this on, publisher and nodes must be named by FQDN, because an IP address does not stand in a UC server's certificate; the compile refuses the combination. Off means that anybody between core and server can read passwords: for a laboratory only.
     */
    readonly verify: boolean;
    /**
     * CA certificates that may sign the servers' certificates, in PEM; with self-signed servers, the certificates themselves. Only these are trusted then. Absent, the CA certificates that Node.js ships are trusted.
     */
    readonly ca?: string;
}
/**
 * When the server is read again by itself. What a core learns from a UC server (nodes, security mode, ports, TFTP servers, keys) is static until it is read again; a stale reading shows as failing sign-ins and calls. The new reading is prepared beside the one in use, so that nobody is dropped while it runs.
 */
export interface RefreshPolicy {
    /**
     * `automatic` reads again as soon as the reading is known to be stale; `window` waits for the next of `windows`; `manual` only says in the status that it is stale and waits for an operator.
     */
    readonly policy: ("automatic" | "window" | "manual");
    /**
     * When a refresh may begin under the policy `window`, which needs at least one; the other policies do not look at it.
     */
    readonly windows: readonly Window[];
}
/**
 * A Unified CM cluster: call control, and the place where users sign in. The core asks its UDS interface whether a user's credentials are right, reads its nodes, ports and security mode, and routes SIP to it. A change is read and tried while the change is prepared, beside what is in use: a publisher that does not answer, or a certificate that does not hold, fails the apply and changes nothing. Deleting it ends the calls, registrations and sign-ins of its users.
 */
export interface UnifiedCMResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "UnifiedCM";
    readonly metadata: Metadata;
    readonly spec: UnifiedCMSpec;
}
/**
 * Where the cluster is, how it is read and how it is reached.
 */
export interface UnifiedCMSpec {
    /**
     * The publisher of the cluster, which is read first and whose word about the other nodes counts. With `tls.verify` on it must be an FQDN. Users on nodes that the new publisher does not name lose their sessions.
     */
    readonly publisher: string;
    /**
     * The nodes of the cluster, named by hand, the publisher among them if it serves clients. Only these are used then, whatever the publisher says. Absent, the publisher alone is used.
     */
    readonly nodes?: readonly UcNode[];
    /**
     * HTTPS port of the UDS and AXL interfaces on every node. 8443 on every Unified CM unless a firewall translates it; newer releases answer on 443 too.
     */
    readonly udsPort: number;
    /**
     * How cores speak SIP with the nodes, when discovery does not say it: `tls` (on `sipTlsPort`) for a cluster in mixed mode, else `tcp` or `udp` (on `sipPort`).
     */
    readonly sipProtocol: ("tcp" | "tls" | "udp");
    /**
     * SIP over TCP port of the nodes, for devices without a secure profile, when discovery does not name another. No SIP trunk of Unified CM may listen on it.
     */
    readonly sipPort: number;
    /**
     * SIP over TLS port of the nodes, used when the cluster is in mixed mode, when discovery does not name another. No SIP trunk of Unified CM may listen on it.
     */
    readonly sipTlsPort: number;
    readonly credentials: Credentials;
    readonly tls: ServerTls;
    readonly requestTimeoutSeconds: number;
    readonly refresh: RefreshPolicy;
}
/**
 * A Unity Connection cluster: voicemail. Its nodes are put on the allow list by themselves, so that clients can fetch and play messages over HTTPS. A change is read and tried while it is prepared; what does not answer fails the apply and changes nothing. Deleting it makes requests to its nodes end with 403.
 */
export interface UnityConnectionResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "UnityConnection";
    readonly metadata: Metadata;
    readonly spec: UnityConnectionSpec;
}
/**
 * Where the cluster is, how it is read and how it is reached.
 */
export interface UnityConnectionSpec {
    /**
     * The publisher of the cluster, or the only server. With `tls.verify` on it must be an FQDN.
     */
    readonly publisher: string;
    /**
     * The servers of the cluster, named by hand. Only these are used then. Absent, the publisher's own list is used.
     */
    readonly nodes?: readonly UcNode[];
    /**
     * HTTPS port of the REST interface, which is read on refresh and which clients use too.
     */
    readonly restPort: number;
    /**
     * HTTPS port where clients fetch messages for visual voicemail.
     */
    readonly voicemailPort: number;
    readonly credentials: Credentials;
    readonly tls: ServerTls;
    readonly requestTimeoutSeconds: number;
    readonly refresh: RefreshPolicy;
}
/**
 * The ways in which users may sign in, and what an unauthenticated client is told about them. A change holds for the next sign-in; tokens that were given out stay valid until they are due for a refresh.
 */
export interface AccessControlResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "AccessControl";
    readonly metadata: SingletonMetadata;
    readonly spec: AccessControlSpec;
}
/**
 * Ways to sign in, and the answer to SSO discovery.
 */
export interface AccessControlSpec {
    readonly signIn: SignIn;
    readonly ssoDiscovery: SsoDiscovery;
}
/**
 * Proofs of identity that are accepted.
 */
export interface SignIn {
    /**
     * User name and password over HTTP Basic authentication (RFC 7617), checked by the UDS interface of Unified CM. Off, such a request is answered with 401 and a challenge for what is accepted, and no UC server is asked.
     */
    readonly userCredentials: boolean;
    /**
     * Self-describing OAuth bearer tokens (RFC 6750) that Unified CM issued, checked on the core with the keys read from it. Off by default, because it needs OAuth with refresh switched on at Unified CM and Unity Connection first.
     */
    readonly oauthBearer: boolean;
}
/**
 * Answer to the question which ways of signing in a user has.
 */
export interface SsoDiscovery {
    /**
     * `uniform` tells everybody the same, from `signIn` alone. `home-cluster` asks the user's home Unified CM cluster whether it can do OAuth; unauthenticated requests then reach inside and tell existing users from others, so it is not the default.
     */
    readonly answer: ("uniform" | "home-cluster");
}
/**
 * Opens one internal HTTP resource to signed-in clients. The list is default deny: what no rule covers is answered with 403, the UC servers' own user data services included: a probe tells when no rule covers those of a UnifiedCM. Write rules for them and for what else clients need, such as an update server, a photo host or a problem-report tool. Scheme, host and port are compared exactly. A deleted rule holds no request up that is in flight; the next one is refused.
 */
export interface AllowRuleResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "AllowRule";
    readonly metadata: Metadata;
    readonly spec: AllowRuleSpec;
}
/**
 * What is opened.
 */
export interface AllowRuleSpec {
    /**
     * `http` or `https` URL of the resource: host, port (80 or 443 if none is written) and path. Without user, password, query, fragment, or `.` and `..` as parts of the path. A bare host name is taken as it stands; no domain is appended.
     */
    readonly url: string;
    /**
     * HTTP methods that may be used. The default is Expressway's default list.
     *
     * Items: An HTTP method (RFC 9110).
     */
    readonly methods: readonly ("OPTIONS" | "GET" | "HEAD" | "POST" | "PUT" | "DELETE")[];
    /**
     * `exact` covers this path only, with any query; `prefix` covers it and everything below it, where `/a` covers `/a` and `/a/b` but not `/ab`. It must be written, because elsewhere the default depends on the interface a rule was entered through, and a guess opens too much or too little.
     */
    readonly match: ("exact" | "prefix");
    /**
     * What the rule is for. Absent, it is known by its name alone.
     */
    readonly description?: string;
}
/**
 * How often the credentials of one user may be used for an authorization within a period, over all of the user's devices and all cores. It keeps many or broken clients of one user from overloading or locking the user's account. Before each authorization the core looks back over the period; if one more would exceed the maximum, the client gets 429 (RFC 6585) with `Retry-After`, and no UC server is asked. A valid token costs nothing; any other presentation of credentials costs one, a cached or a wrong password too; a refused one costs nothing. New numbers hold at once and keep what was counted.
 */
export interface AuthorizationRateControlResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "AuthorizationRateControl";
    readonly metadata: SingletonMetadata;
    readonly spec: AuthorizationRateControlSpec;
}
/**
 * Maximum and period. Either of them at 0 switches the control off.
 */
export interface AuthorizationRateControlSpec {
    /**
     * Authorizations of one user that a period may hold; the next one is refused. 0 switches the control off. The default is the value shown by Expressway's command reference.
     */
    readonly maximumAuthorizationsPerPeriod: number;
    /**
     * Length of the period, in seconds, up to a day. It slides: what counts is always the time just passed. 0 switches the control off. The default is the value shown by Expressway's command reference.
     */
    readonly ratePeriodSeconds: number;
}
/**
 * How long a successful sign-in is remembered, so that the UC servers are not asked each time. A client that signed in gets a token; it should refresh the token before it expires, and has to authenticate again afterwards. Passwords are kept only as keyed hashes, in memory, and only when a UC server accepted them. Users who sign in by single sign-on are not concerned. A shorter interval holds at once; a longer one prolongs nothing that was given out.
 */
export interface CredentialCachingResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "CredentialCaching";
    readonly metadata: SingletonMetadata;
    readonly spec: CredentialCachingSpec;
}
/**
 * The two intervals. They are minutes here; other interfaces of such systems count seconds.
 */
export interface CredentialCachingSpec {
    /**
     * Lifetime of a token and of a cached credential, in minutes, up to a week. It is also the longest time for which a changed or withdrawn password goes unnoticed. The default is 8 hours, as on Expressway.
     */
    readonly refreshIntervalMinutes: number;
    /**
     * Time between two clearings of the cache, in minutes, up to a week. Only what has expired is removed, so it is the longest time that something expired takes up memory; an expired token authorizes nobody, cleared or not. The default is 12 hours, as on Expressway.
     */
    readonly cleanupIntervalMinutes: number;
}
/**
 * How registrations survive the loss of a node on their path, and how load spreads again when it is back. Registered devices stay registered when this changes; calls that are up when a node is lost are not preserved. Edge and core must agree on it, so while a rollout is under way a link uses only what both of its sides have switched on.
 */
export interface RegistrationFailoverResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "RegistrationFailover";
    readonly metadata: SingletonMetadata;
    readonly spec: RegistrationFailoverSpec;
}
/**
 * Keepalive, adaptive routing and load balance.
 */
export interface RegistrationFailoverSpec {
    readonly stunKeepalive: StunKeepalive;
    readonly adaptiveRouting: AdaptiveRouting;
    readonly loadBalance: LoadBalance;
}
/**
 * STUN Binding requests (RFC 8489) inside the SIP connections, in the manner of RFC 5626. Clients that support it learn within seconds that their path is broken. Firewalls between core and Unified CM must not inspect SIP, and Unified CM must be able to resolve the host name of the core, or it stays silent.
 */
export interface StunKeepalive {
    /**
     * Answer the keepalives of clients along their path, and send keepalives to Unified CM.
     */
    readonly enabled: boolean;
    /**
     * Time between two keepalives to a Unified CM node, in seconds; clients choose their own, which is 30 too.
     */
    readonly intervalSeconds: number;
    /**
     * How long an answer is waited for, in seconds, before the node counts as failing. A server that never answered is taken as not supporting STUN, not as down.
     */
    readonly timeoutSeconds: number;
}
/**
 * Rerouting of SIP REGISTER around a core that is down or in maintenance mode.
 */
export interface AdaptiveRouting {
    /**
     * Let the edge send a REGISTER to another core when the intended one is down, in maintenance mode or overloaded. It concerns clients that announce support; they keep the new path. The refresh of any other client is refused with 503 then, and its next, new registration is served by any core.
     */
    readonly enabled: boolean;
}
/**
 * Steering of new and refreshed registrations to the least loaded node, for clients that support adaptive routing. It aims at no node being idle, not at equal shares. A core is relieved by the edges, which choose another core; an overloaded edge says so in a `Warning` header of its answers to REGISTER, and clients move by themselves.
 */
export interface LoadBalance {
    /**
     * Steer registrations when the load is uneven.
     */
    readonly enabled: boolean;
    /**
     * Steering begins when a node's registrations lie more than this many percent above or below an even share. Below counts because one idle core among many leaves the others only a little above. An idle core is 100 percent below, so that more than 99 acts as 99.
     */
    readonly startPercent: number;
    /**
     * Steering ends when no node lies more than this many percent above or below an even share. It must be lower than `startPercent`, so that steering does not begin and end without pause; for being below, more than 98 acts as 98.
     */
    readonly stopPercent: number;
    /**
     * Below this many registrations in the cluster nothing is steered, since a few devices are a large share.
     */
    readonly minimumRegistrations: number;
    /**
     * How often each edge looks at the loads that the cores tell over the links, and reckons anew how many registrations it may move, in seconds.
     */
    readonly reportIntervalSeconds: number;
}
/**
 * An address range whose failures do not count in some protection categories. The common case is an office whose users share one public address behind NAT: exempt it from `http-ce-auth`, `http-ce-access` and `sip-auth`. It prevents blocks and does not end one that exists; interrupts nothing.
 */
export interface ExemptionResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "Exemption";
    readonly metadata: Metadata;
    readonly spec: ExemptionSpec;
}
/**
 * The range and the categories.
 */
export interface ExemptionSpec {
    /**
     * Address range that is exempt. A range that another exemption with a common category covers is reported by the compile, since one of them has no effect.
     */
    readonly range: string;
    /**
     * Categories in which failures from the range do not count.
     */
    readonly categories: readonly ProtectionCategoryName[];
    /**
     * Whose addresses these are. Absent, the exemption is known by its name alone.
     */
    readonly reason?: string;
}
/**
 * Automated intrusion protection as a whole: where it runs, and how it blocks. It counts the failures of each source address by category and drops what comes from an address that reached a trigger level, silently and for a time. Blocks are per node, and survive a restart. Switching it on, or on again, starts with no counts and no blocks.
 */
export interface ProtectionResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "Protection";
    readonly metadata: SingletonMetadata;
    readonly spec: ProtectionSpec;
}
/**
 * Where and how addresses are blocked.
 */
export interface ProtectionSpec {
    /**
     * Roles whose nodes run it. Edges by default. A core is talked to by edges and UC servers only; whoever adds it there should first exempt those addresses with Exemption resources, since none is exempt by itself.
     */
    readonly roles: readonly Role[];
    /**
     * IPv6 sources are counted and blocked by their first so many bits, since one attacker commonly has a whole /64. IPv4 sources are counted one by one.
     */
    readonly ipv6PrefixLength: number;
    /**
     * `process` drops connections of a blocked address in the node itself, right after they are accepted. `nftables` has the kernel drop their packets, which costs less under attack; it needs Linux and the capability NET_ADMIN, and preparing the change fails without them.
     */
    readonly enforcement: ("process" | "nftables");
    /**
     * Write failures to a log in a form that fail2ban reads, so that a fail2ban of the host can block too. The bootstrap configuration of the node says where.
     */
    readonly fail2banExport: boolean;
    /**
     * How many source addresses a node counts at once. Beyond it the one longest without a failure is forgotten, so an attack cannot take up memory without end.
     */
    readonly maximumTrackedAddresses: number;
}
/**
 * How one kind of misbehaviour is counted and punished. The categories are a fixed set that exists by itself: one that is not listed keeps its default, none can be added or deleted. By default all are on but `http-ce-access`, which counts requests for missing files and would block real clients. A source that fails `triggerLevel` times within the window is blocked on the port it used. Switching a category on starts it with no counts and no blocks.
 */
export interface ProtectionCategoryResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "ProtectionCategory";
    readonly metadata: CategoryMetadata;
    readonly spec: ProtectionCategorySpec;
}
/**
 * Which category it is, and notes about it.
 */
export interface CategoryMetadata {
    readonly name: ProtectionCategoryName;
    readonly annotations?: {
        /**
         * The note.
         */
        readonly [k: string]: string;
    };
}
/**
 * State and numbers of the category. The defaults are those of fail2ban: 5 failures within 10 minutes block for 10 minutes.
 */
export interface ProtectionCategorySpec {
    /**
     * Count and block. It must be written, so that nobody switches a category on by tuning it.
     */
    readonly enabled: boolean;
    /**
     * Failures within the detection window that bring a block. After a block ends, the full number must be reached again. 5 is Expressway's value for `http-ce-auth`; 10 is kinder to offices behind one address.
     */
    readonly triggerLevel: number;
    /**
     * How far back failures count, in seconds, up to a day.
     */
    readonly detectionWindowSeconds: number;
    /**
     * How long a block lasts, in seconds, up to a week. Exempting an address does not end a block that exists.
     */
    readonly blockDurationSeconds: number;
    /**
     * Roles whose nodes count this category, as far as Protection runs there.
     */
    readonly roles: readonly Role[];
}
/**
 * Takes nodes out of service in a managed way. A node in maintenance mode refuses what is new, with 503 and `Retry-After` over HTTP, 503 over SIP and a closed stream over XMPP, and clients go to another node if they can. Calls and chats that are up go on, except for those of endpoints that SipTransport `endedByMaintenance` lists; when the last session of a service ends, the service stops. Draining, then drained, is health and not a failure. Deleting the resource, or the end of its window, takes the nodes back into service.
 */
export interface MaintenanceResource {
    readonly apiVersion: "fairlead.dev/v1";
    /**
     * The kind of the document.
     */
    readonly kind: "Maintenance";
    readonly metadata: Metadata;
    readonly spec: MaintenanceSpec;
}
/**
 * Which nodes, when, and for how long they may drain.
 */
export interface MaintenanceSpec {
    /**
     * Names of the nodes.
     */
    readonly nodes: readonly string[];
    readonly window?: Window;
    /**
     * How long sessions may take to end by themselves, in seconds, up to a week; what is left then is ended. 0, the default, waits for as long as it takes, as Expressway does.
     */
    readonly drainDeadlineSeconds: number;
    /**
     * Why; status pages show it. Absent, they show the name alone.
     */
    readonly reason?: string;
}
