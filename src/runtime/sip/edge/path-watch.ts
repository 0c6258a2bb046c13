import type { SignallingLinks } from '../../signalling-port.js';
import type { RegisteredDevice, Registrations } from '../registration/registrations.js';
import { answerKeepalive, type PathState } from './keepalive-answer.js';
import type { Flow } from './flows.js';

export interface PathWatchParts {
  readonly links: SignallingLinks;
  readonly registrations: Registrations;
}

/** A client that goes on after so many errors does not understand them; it will understand a closed connection. */
const errorsUntilClosed = 2;

/** Answers keepalives of clients for the whole path of their registration: this edge, the core, and the UC node. */
export class PathWatch {
  readonly #parts: PathWatchParts;

  constructor(parts: PathWatchParts) {
    this.#parts = parts;
  }

  /** Answers one STUN message of a client. */
  onStun(bytes: Buffer, flow: Flow): void {
    const answer = answerKeepalive(bytes, flow.hop, this.stateOf(flow));
    if (answer.type === 'silence') return;
    flow.hop.send(answer.bytes);
    flow.deadKeepalives = answer.type === 'dead' ? flow.deadKeepalives + 1 : 0;
    if (flow.deadKeepalives >= errorsUntilClosed) flow.hop.close('the path of its registration is lost');
  }

  stateOf(flow: Flow): PathState {
    const { links, registrations } = this.#parts;
    const states = registrations.onFlow(flow.id).map((device) => this.#stateOfDevice(device));
    if (states.length === 0) return links.links().some(({ isUp }) => isUp) ? 'alive' : 'dead';
    return states.find((state) => state !== 'alive') ?? 'alive';
  }

  #stateOfDevice({ peer, ucNode }: RegisteredDevice): PathState {
    const link = this.#parts.links.to(peer);
    if (link?.isUp !== true) return 'dead';
    if (link.peerState?.stunAgreed !== true) return 'unknown';
    const state = link.peerState.ucNodes[ucNode];
    if (state === 'down') return 'dead';
    return state === 'up' || state === 'unsupported' ? 'alive' : 'unknown';
  }
}
