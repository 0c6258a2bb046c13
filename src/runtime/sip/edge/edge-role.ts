import type { HoldPort } from '../../hold-port.js';
import { type CoreOrder, orderCores, type RegisterWish } from '../../routing/core-order.js';
import type { SignallingLinks } from '../../signalling-port.js';
import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import { PeerHop, type PeerHops } from '../peer-hops.js';
import type {
  Candidate,
  Exchange,
  ForwardDecision,
  ProxyRole,
  RejectDecision,
  ResponseOrigin,
  RouteDecision,
} from '../proxy/proxy-role.js';
import { topRoute } from '../proxy/route-set.js';
import { grantedSeconds, limitExpires, readRegister, type RegisterFacts } from '../registration/register-facts.js';
import type { Registrations } from '../registration/registrations.js';
import { endsInMaintenance } from '../ended-by-maintenance.js';
import { pendingOfClient } from '../pending-limit.js';
import { isNewCall, mayFormDialog } from '../request-kind.js';
import { unavailable } from '../unavailable.js';
import { dropClaims } from './claims.js';
import type { EdgeAddress } from './edge-address.js';
import type { EdgeAdmission, Refusal } from './edge-admission.js';
import { coreViews, type EdgeBalance } from './edge-balance.js';
import type { EdgeSipSettings } from './edge-sip-settings.js';
import type { Flow, Flows } from './flows.js';
import { addressRegistered, takeUcNode } from './register-answer.js';

/** What the edge remembers with a REGISTER on its way. */
export interface RegisterNote {
  readonly facts: RegisterFacts;
  readonly flow: Flow;
}

export interface EdgeRoleParts {
  /** Name of this node. */
  readonly node: string;
  readonly address: EdgeAddress;
  readonly flows: Flows;
  readonly hops: PeerHops;
  readonly links: SignallingLinks;
  readonly registrations: Registrations;
  readonly admission: EdgeAdmission;
  readonly balance: EdgeBalance;
  readonly settings: () => EdgeSipSettings;
  readonly isDraining: () => boolean;
  readonly standings: HoldPort;
  /** Whether a call goes on over a hop. */
  readonly hasCall: (hop: Hop) => boolean;
}

type Decision = RouteDecision<RegisterNote>;

/** Says nothing to strangers about why. */
const forbidden: RejectDecision = { type: 'reject', statusCode: 403 };
/** Another core takes what is new at once. */
const coreRetrySeconds = 1;
/** As long as clients of HTTPS are told to wait. */
const heldRetrySeconds = 10;

/** Routes SIP at an edge: from clients to a core, and from cores to the flow of a client; nowhere else. */
export class EdgeRole implements ProxyRole<RegisterNote> {
  readonly #parts: EdgeRoleParts;

  constructor(parts: EdgeRoleParts) {
    this.#parts = parts;
  }

  sentBy(to: Hop): string {
    return this.#parts.address.sentBy(to);
  }

  route(request: SipMessage, from: Hop): Decision {
    if (from instanceof PeerHop) return this.#toClient(request, from);
    const flow = this.#parts.flows.of(from);
    if (flow === undefined) return { type: 'drop' };
    if (!this.#parts.settings().isServed) return this.#refuse('not-served', request, flow);
    dropClaims(request);
    const intended = this.#parts.address.takeOwnRoutes(request)?.params.get('core');
    return request.method === 'REGISTER'
      ? this.#register(request, flow, intended)
      : this.#fromClient(request, flow, intended);
  }

  pendingLimit(from: Hop): number | undefined {
    return from instanceof PeerHop ? undefined : pendingOfClient;
  }

  onResponse(response: SipMessage, { note, from }: Exchange<RegisterNote>, { candidate }: ResponseOrigin): void {
    if (from instanceof PeerHop) dropClaims(response);
    if (note === undefined || response.statusCode < 200 || response.statusCode > 299) return;
    if (candidate !== undefined) this.#registered(response, note, candidate.label);
  }

  #register(request: SipMessage, flow: Flow, pinned: string | undefined): Decision {
    const { admission, balance, registrations } = this.#parts;
    const { transport, failover } = this.#parts.settings();
    const facts = readRegister(request);
    if (facts === undefined) return this.#refuse('malformed', request, flow);
    const grant = admission.grantFor(facts);
    if (grant === undefined) return this.#refuse('no-grant', request, flow, facts.device);
    const tooBrief = this.#checkLifetime(request, facts, transport.registration);
    if (tooBrief !== undefined) return tooBrief;
    const registered = registrations.find(facts.device);
    const present = registered?.peer;
    const isRefresh = registered?.flow === flow.id;
    const hasCall = this.#parts.hasCall(flow.hop);
    const closed = hasCall || facts.expiresSeconds === 0 ? undefined : this.#closed();
    if (closed !== undefined) return closed;
    const intended = isRefresh ? present : (pinned ?? present);
    const follows = facts.isCapable && failover.adaptiveRouting.enabled;
    const balanced = follows && !hasCall ? balance.elsewhere(present) : undefined;
    const order = this.#order({ intended, isRefresh, hasCall, isCapable: follows, balanced });
    if (order.type === 'down') {
      // What was registered through a core that is gone cannot be reached, and the next attempt is a new one.
      if (isRefresh) registrations.forget(facts.device);
      return unavailable('Core Unreachable', coreRetrySeconds);
    }
    if (order.type === 'draining') return unavailable('Maintenance Mode');
    // We are the first: what a client calls a Path before us is none.
    request.set('path', this.#parts.address.flowRoute(flow.id, flow.hop, ';ob'));
    return this.#forwardTo(order.names, flow, grant, { facts, flow });
  }

  #order(wish: RegisterWish): CoreOrder {
    const views = coreViews(this.#parts.links.links(), this.#parts.standings);
    return orderCores(views, this.#parts.settings().failover.adaptiveRouting.enabled, wish);
  }

  #checkLifetime(
    request: SipMessage,
    { expiresSeconds, contact }: RegisterFacts,
    { minimumExpiresSeconds, maximumExpiresSeconds }: EdgeSipSettings['transport']['registration'],
  ): RejectDecision | undefined {
    if (expiresSeconds === undefined || expiresSeconds === 0) return undefined;
    if (expiresSeconds < minimumExpiresSeconds) {
      return { type: 'reject', statusCode: 423, headers: [['Min-Expires', String(minimumExpiresSeconds)]] };
    }
    if (expiresSeconds > maximumExpiresSeconds) limitExpires(request, contact, maximumExpiresSeconds);
    return undefined;
  }

  #fromClient(request: SipMessage, flow: Flow, intended: string | undefined): Decision {
    const { admission, standings, links } = this.#parts;
    if (!admission.isRegistered(flow)) return this.#refuse('not-registered', request, flow);
    const core = this.#coreFor(request, flow) ?? intended ?? '';
    const link = links.to(core);
    const isNew = isNewCall(request);
    const closed = isNew ? this.#closed() : undefined;
    if (closed !== undefined) return closed;
    if (isNew && link?.peerState?.draining === true) return unavailable('Maintenance Mode');
    if (isNew && standings.isHeldBack(core)) return unavailable('Configuration Behind', heldRetrySeconds);
    if (link?.isUp !== true) return unavailable('Core Unreachable');
    return this.#withRecordRoute(request, flow, this.#forwardTo([core], flow, admission.grantOf(flow), undefined));
  }

  /** The core that the Route set goes on to, as in a dialog, else the one of the registration. */
  #coreFor(request: SipMessage, flow: Flow): string | undefined {
    const { links, registrations } = this.#parts;
    const next = topRoute(request)?.user ?? '';
    return links.to(next)?.peerRole === 'core' ? next : registrations.onFlow(flow.id)[0]?.peer;
  }

  #toClient(request: SipMessage, from: PeerHop): Decision {
    const { flows, address } = this.#parts;
    const own = address.takeOwnRoutes(request);
    const flow = flows.find(own?.user ?? from.flow);
    // RFC 5626 section 11.5: the registrar may try another flow of the device.
    if (flow === undefined) return { type: 'reject', statusCode: 430 };
    const closed = isNewCall(request) ? this.#closed() : undefined;
    if (closed !== undefined) return closed;
    const candidates: readonly Candidate[] = [{ label: 'client', hop: flow.hop }];
    return this.#withRecordRoute(request, flow, { type: 'forward', candidates });
  }

  /** Why nothing new is let in; undefined while this node serves. */
  #closed(): RejectDecision | undefined {
    const { isDraining, standings } = this.#parts;
    if (isDraining()) return unavailable('Maintenance Mode');
    return standings.isHeld ? unavailable('Configuration Behind', heldRetrySeconds) : undefined;
  }

  #withRecordRoute(request: SipMessage, flow: Flow, decision: ForwardDecision<RegisterNote>): Decision {
    if (!mayFormDialog(request)) return decision;
    return { ...decision, recordRoute: this.#parts.address.flowRoute(flow.id, flow.hop) };
  }

  #forwardTo(
    cores: readonly string[],
    flow: Flow,
    grant: string | undefined,
    note: RegisterNote | undefined,
  ): ForwardDecision<RegisterNote> {
    const { hops, links } = this.#parts;
    const { remoteAddress: clientAddress, remotePort: clientPort, protocol } = flow.hop;
    const candidates: Candidate[] = [];
    for (const label of cores) {
      const link = links.to(label);
      if (link === undefined) continue;
      const hop = hops.to(link, flow.id);
      if (grant !== undefined)
        hop.announce({ clientAddress, clientPort, protocol: protocol === 'TLS' ? 'TLS' : 'TCP', grant });
      candidates.push({ label, hop });
    }
    return { type: 'forward', candidates, ...(note !== undefined && { note }) };
  }

  #registered(response: SipMessage, { facts, flow }: RegisterNote, core: string): void {
    const { registrations, address, balance, node, links } = this.#parts;
    const { failover, transport } = this.#parts.settings();
    const ucNode = takeUcNode(response);
    this.#tellLeft(facts.device, core);
    const expiresSeconds = facts.endsAll ? 0 : grantedSeconds(response, facts);
    if (expiresSeconds === 0) registrations.remove(facts.device, facts.line);
    else if (this.#parts.flows.of(flow.hop) !== undefined) {
      const { device, line, isCapable, userAgent } = facts;
      const traits = { isCapable, endsInMaintenance: endsInMaintenance(userAgent, transport.endedByMaintenance) };
      registrations.put({ device, line, flow: flow.id, peer: core, ucNode, ...traits, expiresSeconds });
      flow.deadKeepalives = 0;
    }
    const follows = facts.isCapable && failover.adaptiveRouting.enabled;
    const isWarned = follows && expiresSeconds > 0 && balance.warns(facts.device, expiresSeconds);
    addressRegistered(response, address.serviceRoute(core, flow.hop), {
      failover: follows && links.to(core)?.peerState?.stunAgreed === true,
      imbalanceSeenBy: isWarned ? node : undefined,
    });
  }

  /** The core that a device leaves may have no link to the one that has it now. */
  #tellLeft(device: string, core: string): void {
    const { registrations, links } = this.#parts;
    const before = registrations.find(device)?.peer;
    if (before !== undefined && before !== core) links.to(before)?.sendNews({ topic: 'moved', items: [device] });
  }

  #refuse(reason: Refusal, request: SipMessage, flow: Flow, device?: string): RejectDecision {
    this.#parts.admission.refuse(reason, request, flow, device);
    return forbidden;
  }
}
