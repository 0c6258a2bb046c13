import type { SipMessage } from '../message/sip-message.js';
import type { BencodeDictionary } from './bencode.js';
import type { MediaServer } from './media-servers.js';

/** An offer whose answer is still to come (RFC 3264, RFC 6337). */
interface OpenOffer {
  /** Tag of the party that made it. */
  readonly by: string;
  /** The request that carried it; undefined when a response did. */
  readonly request: string | undefined;
}

/** A message of a call with a session description in it, as the relay is to be told. */
export interface Description {
  readonly role: 'offer' | 'answer';
  /** Tag of the party that made the offer. */
  readonly offeredBy: string;
  /** Tag of the party that answers, empty while it is not known. */
  readonly answeredBy: string;
}

function nameOf(message: SipMessage): string {
  return `${message.fromTag} ${message.cseqNumber} ${message.cseqMethod}`;
}

/** The media of one call over one client's flow: the server that carries it, and where offer and answer stand. */
export class CallMedia {
  /** Names the call to the relay: a call that comes through twice has one for each client. */
  readonly id: string;
  /** Undefined until a first offer was taken. */
  server: MediaServer | undefined;
  /** What is done with its messages at present, one after the other. */
  tail: Promise<void> | undefined;
  #offer: OpenOffer | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /** What the description in a request is; undefined when it belongs to nothing, and passes as it is. */
  ofRequest(request: SipMessage): Description | undefined {
    const { fromTag, toTag, method } = request;
    const offer = this.#offer;
    const mayAnswer = method === 'ACK' || method === 'PRACK';
    if (mayAnswer && offer?.request === undefined && offer?.by === toTag) {
      this.#offer = undefined;
      return { role: 'answer', offeredBy: toTag, answeredBy: fromTag };
    }
    if (method === 'ACK') return undefined;
    this.#offer = { by: fromTag, request: nameOf(request) };
    return { role: 'offer', offeredBy: fromTag, answeredBy: toTag };
  }

  /** What the description in a response is: the answer to the offer of its request, else an offer of its own. */
  ofResponse(response: SipMessage): Description {
    const { fromTag, toTag } = response;
    if (this.#offer?.request === nameOf(response)) return { role: 'answer', offeredBy: fromTag, answeredBy: toTag };
    this.#offer = { by: toTag, request: undefined };
    return { role: 'offer', offeredBy: toTag, answeredBy: fromTag };
  }

  /** The question to the relay; `source` is the address of the client when it made the description. */
  command({ role, offeredBy, answeredBy }: Description, sdp: string, source: string | undefined): BencodeDictionary {
    return {
      command: role,
      'call-id': this.id,
      'from-tag': offeredBy,
      ...(answeredBy !== '' && { 'to-tag': answeredBy }),
      sdp,
      ICE: 'remove',
      replace: ['origin', 'session-connection'],
      // What a client behind NAT says of its own address helps nobody.
      ...(source !== undefined && {
        flags: ['SIP-source-address'],
        'received-from': [source.includes(':') ? 'IP6' : 'IP4', source],
      }),
    };
  }
}
