import type { HoldPort } from '../../hold-port.js';
import type { SignallingLinks } from '../../signalling-port.js';
import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import { parseSipUri } from '../message/sip-uri.js';
import { PeerHop, type PeerHops } from '../peer-hops.js';
import type {
  Candidate,
  CandidateFailure,
  Exchange,
  ProxyRole,
  RejectDecision,
  ResponseOrigin,
  RouteDecision,
} from '../proxy/proxy-role.js';
import { topRoute } from '../proxy/route-set.js';
import { grantedSeconds, readRegister, type RegisterFacts } from '../registration/register-facts.js';
import type { Registrations } from '../registration/registrations.js';
import { endsInMaintenance } from '../ended-by-maintenance.js';
import { pendingOfClient } from '../pending-limit.js';
import { isNewCall, mayFormDialog } from '../request-kind.js';
import { unavailable } from '../unavailable.js';
import type { CoreAddress } from './core-address.js';
import type { NodeHealth } from '../transport/node-health.js';
import type { CoreAdmission } from './core-admission.js';
import { type FlowPlace, moveContactsBack, moveContactsToCore, uriAtDevice } from './core-contact.js';
import type { CoreSipSettings } from './core-sip-settings.js';
import type { UcConnections } from './uc-connections.js';
import type { UcNode } from './uc-nodes.js';

/** What the core remembers with a REGISTER on its way. */
export interface CoreRegisterNote {
  readonly facts: RegisterFacts;
  readonly from: PeerHop;
  /** What the client wrote into its Contacts, by what UC nodes were told instead; empty in Path mode. */
  readonly originals: Map<string, string>;
}

export interface CoreRoleParts {
  readonly address: CoreAddress;
  readonly hops: PeerHops;
  readonly links: SignallingLinks;
  readonly registrations: Registrations;
  readonly admission: CoreAdmission;
  readonly ucConnections: UcConnections;
  readonly health: NodeHealth;
  readonly settings: () => CoreSipSettings;
  readonly isDraining: () => boolean;
  readonly standings: HoldPort;
  /** A device registered here that was not registered here before. */
  readonly onArrived: (device: string) => void;
  /** A device that was registered here through an edge is now through another one. */
  readonly onLeft: (device: string, edge: string) => void;
}

type Decision = RouteDecision<CoreRegisterNote>;

/** As long as clients of HTTPS are told to wait. */
const heldRetrySeconds = 10;
/** As edges make them; what else stands in a URI names no flow. */
const flowForm = /^[A-Za-z0-9_-]{1,64}$/;
const answerToOptions: RejectDecision = {
  type: 'reject',
  statusCode: 200,
  headers: [['Accept', 'application/sdp']],
};

function rejected(statusCode: number): RejectDecision {
  return { type: 'reject', statusCode };
}

const behind = unavailable('Configuration Behind', heldRetrySeconds);

/** Routes SIP at a core: from the edges to declared UC nodes, and from these to the edges; nowhere else. */
export class CoreRole implements ProxyRole<CoreRegisterNote> {
  readonly #parts: CoreRoleParts;

  constructor(parts: CoreRoleParts) {
    this.#parts = parts;
  }

  sentBy(to: Hop): string {
    return this.#parts.address.at(to instanceof PeerHop ? 'TCP' : to.protocol);
  }

  route(request: SipMessage, from: Hop): Decision {
    const own = this.#parts.address.takeOwnRoutes(request);
    if (!(from instanceof PeerHop)) return this.#toEdge(request, from);
    return request.method === 'REGISTER'
      ? this.#register(request, from)
      : this.#toUcNode(request, from, own?.params.get('uc'));
  }

  /** A call that rings is answered over our connection with the UC node when its own is gone (RFC 3261 section 18.2.2). */
  replyHop(_request: SipMessage, from: Hop): Hop | undefined {
    if (from instanceof PeerHop || from.isOpen) return undefined;
    const node = this.#parts.ucConnections.nodeOf(from);
    return node && this.#parts.ucConnections.established(node);
  }

  pendingLimit(from: Hop): number | undefined {
    return from instanceof PeerHop ? pendingOfClient : undefined;
  }

  onCandidateFailed({ label }: Candidate, failure: CandidateFailure): void {
    const server = this.#parts.settings().ucNodes.find(label)?.server;
    if (server !== undefined && failure === 'timeout') this.#parts.health.sipUnanswered(server);
  }

  onResponse(response: SipMessage, { note }: Exchange<CoreRegisterNote>, { candidate }: ResponseOrigin): void {
    const server = candidate && this.#parts.settings().ucNodes.find(candidate.label)?.server;
    if (server !== undefined) this.#parts.health.sipAnswered(server);
    if (note === undefined) return;
    if (note.originals.size > 0) moveContactsBack(response, note.originals);
    if (candidate === undefined || response.statusCode < 200 || response.statusCode > 299) return;
    this.#registered(response, note, candidate.label);
  }

  #register(request: SipMessage, from: PeerHop): Decision {
    const { admission, isDraining, standings } = this.#parts;
    const facts = readRegister(request);
    if (facts === undefined || !admission.admits(from.note?.grant, facts.device)) {
      admission.refuse(request, from, facts?.device);
      return rejected(403);
    }
    const isNew = this.#parts.registrations.find(facts.device) === undefined;
    const ends = facts.expiresSeconds === 0;
    if (isDraining() && isNew && !ends) return unavailable('Maintenance Mode');
    if (standings.isHeld && !ends) return behind;
    const nodes = this.#nodesFor(request);
    if (nodes.length === 0) return rejected(404);
    request.remove('route');
    const note: CoreRegisterNote = { facts, from, originals: new Map() };
    return { type: 'forward', candidates: nodes.map((node) => this.#registerAt(node, note)), note };
  }

  /** Each UC node is told the address by which it reaches this core. */
  #registerAt(node: UcNode, { from, originals }: CoreRegisterNote): Candidate {
    const { address, settings } = this.#parts;
    const { protocol } = node.server;
    const place: FlowPlace = { edge: from.link.peer, flow: from.flow };
    return {
      ...this.#candidate(node),
      edit(copy) {
        if (settings().registrationMode === 'path') {
          copy.prepend('path', address.route(protocol, node.name));
          return;
        }
        copy.remove('path');
        moveContactsToCore(copy, { core: address.at(protocol), transport: protocol.toLowerCase(), place }, originals);
      },
    };
  }

  /** The UC node that a request names; for one that names a domain, all of the first cluster, those that serve first. */
  #nodesFor(request: SipMessage): readonly UcNode[] {
    const { ucNodes } = this.#parts.settings();
    const host = parseSipUri(request.requestUri)?.host ?? '';
    const named = ucNodes.find(host);
    if (named !== undefined) return [named];
    const cluster = ucNodes.all[0]?.cluster;
    return this.#parts.ucConnections.inOrder(ucNodes.all.filter((node) => node.cluster === cluster));
  }

  #toUcNode(request: SipMessage, from: PeerHop, marked: string | undefined): Decision {
    const { admission, registrations, settings } = this.#parts;
    const registered = registrations.onFlow(from.flow).find(({ peer }) => peer === from.link.peer);
    if (registered === undefined && !admission.isKnown(from)) {
      admission.refuse(request, from);
      return rejected(403);
    }
    const closed = this.#closedFor(request);
    if (closed !== undefined) return closed;
    // Where a dialog goes on beyond the UC node is known to its parties; what is new goes to the UC node and not past it.
    if (request.toTag === '') request.remove('route');
    const { ucNodes } = settings();
    const node = ucNodes.find(marked ?? registered?.ucNode ?? '') ?? this.#nodesFor(request)[0];
    if (node === undefined) return rejected(404);
    return this.#withRecordRoute(request, node, [this.#candidate(node)]);
  }

  #toEdge(request: SipMessage, from: Hop): Decision {
    const { ucConnections, hops, links } = this.#parts;
    const node = ucConnections.nodeOf(from);
    if (node === undefined) return rejected(403);
    const place = this.#placeOf(request);
    if (place === undefined) return request.method === 'OPTIONS' ? answerToOptions : rejected(404);
    const closed = this.#closedFor(request);
    if (closed !== undefined) return closed;
    const link = links.to(place.edge);
    if (link?.isUp !== true) return rejected(480);
    return this.#withRecordRoute(request, node, [{ label: place.edge, hop: hops.to(link, place.flow) }]);
  }

  /** Why a new call is not let in; undefined for everything else, and while this node serves. */
  #closedFor(request: SipMessage): RejectDecision | undefined {
    const { isDraining, standings } = this.#parts;
    if (!isNewCall(request)) return undefined;
    if (isDraining()) return unavailable('Maintenance Mode');
    return standings.isHeld ? behind : undefined;
  }

  /** The flow that the Route set leads to, or the address that this core gave a device. */
  #placeOf(request: SipMessage): FlowPlace | undefined {
    const next = topRoute(request);
    const edge = next?.params.get('edge');
    if (next !== undefined && edge !== undefined)
      return flowForm.test(next.user) ? { edge, flow: next.user } : undefined;
    const uri = parseSipUri(request.requestUri);
    const device = uri && uriAtDevice(uri);
    if (device === undefined) return undefined;
    request.requestUri = device.uri;
    return device.place;
  }

  #withRecordRoute(request: SipMessage, { server, name }: UcNode, candidates: readonly Candidate[]): Decision {
    if (!mayFormDialog(request)) return { type: 'forward', candidates };
    return { type: 'forward', candidates, recordRoute: this.#parts.address.route(server.protocol, name) };
  }

  #candidate(node: UcNode): Candidate {
    return { label: node.name, hop: this.#parts.ucConnections.hopTo(node) };
  }

  #registered(response: SipMessage, { facts, from }: CoreRegisterNote, ucNode: string): void {
    const { registrations, address, settings, onArrived, onLeft } = this.#parts;
    const { device, line, isCapable, userAgent } = facts;
    const expiresSeconds = facts.endsAll ? 0 : grantedSeconds(response, facts);
    if (expiresSeconds === 0) registrations.remove(device, line);
    else if (from.isOpen) {
      const place = { flow: from.flow, peer: from.link.peer, ucNode };
      const ends = endsInMaintenance(userAgent, settings().transport.endedByMaintenance);
      const before = registrations.find(device)?.peer;
      const isNew = registrations.put({ device, line, ...place, isCapable, endsInMaintenance: ends, expiresSeconds });
      if (isNew) onArrived(device);
      else if (before !== undefined && before !== from.link.peer) onLeft(device, before);
    }
    const protocol = settings().ucNodes.find(ucNode)?.server.protocol ?? 'TCP';
    response.remove('service-route');
    response.append('service-route', address.route(protocol, ucNode));
  }
}
