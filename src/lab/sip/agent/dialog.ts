import type { FinalListener, Outlet } from './call-leg.js';
import { newBranch } from './identifiers.js';
import { headerParameters, uriIn } from '../wire/sip-address.js';
import { type SipField, type SipRequest, type SipResponse, cseqOf, fieldOf, listOf } from '../wire/sip-message.js';

interface DialogParts {
  readonly callId: string;
  /** From of our requests, with our tag. */
  readonly local: string;
  /** To of our requests, with their tag. */
  readonly remote: string;
  readonly remoteTarget: string;
  readonly routes: readonly string[];
  readonly contact: string;
  readonly cseq: number;
}

/** What a request inside a dialog carries beside what the dialog says. */
export interface DialogContent {
  readonly fields?: readonly SipField[];
  readonly body?: string;
}

function tagged(value: string, tag: string): string {
  return headerParameters(value).has('tag') ? value : `${value};tag=${tag}`;
}

function routeFields(routes: readonly string[]): readonly SipField[] {
  return routes.map((value) => ({ name: 'Route', value }));
}

/** Fields of a description, or none when there is no body. */
export function sdpFields(body: string): readonly SipField[] {
  return body === '' ? [] : [{ name: 'Content-Type', value: 'application/sdp' }];
}

/** One side of a dialog (RFC 3261, 12): it writes the requests that belong to it. */
export class Dialog {
  readonly #parts: DialogParts;
  #cseq: number;
  #remoteTarget: string;

  private constructor(parts: DialogParts) {
    this.#parts = parts;
    this.#cseq = parts.cseq;
    this.#remoteTarget = parts.remoteTarget;
  }

  /** The caller's side, once an answer with a To tag is there. */
  static ofCaller(invite: SipRequest, answer: SipResponse): Dialog {
    return new Dialog({
      callId: fieldOf(invite, 'Call-ID') ?? '',
      local: fieldOf(invite, 'From') ?? '',
      remote: fieldOf(answer, 'To') ?? '',
      remoteTarget: uriIn(listOf(answer, 'Contact')[0] ?? invite.uri),
      routes: listOf(answer, 'Record-Route').toReversed(),
      contact: fieldOf(invite, 'Contact') ?? '',
      cseq: cseqOf(invite).number,
    });
  }

  /** The callee's side. */
  static ofCallee(invite: SipRequest, toTag: string, contact: string): Dialog {
    return new Dialog({
      callId: fieldOf(invite, 'Call-ID') ?? '',
      local: tagged(fieldOf(invite, 'To') ?? '', toTag),
      remote: fieldOf(invite, 'From') ?? '',
      remoteTarget: uriIn(listOf(invite, 'Contact')[0] ?? ''),
      routes: listOf(invite, 'Record-Route'),
      contact,
      cseq: 100,
    });
  }

  /** A Contact in a request or answer moves the other side (RFC 3261, 12.2). */
  refreshTarget(message: SipRequest | SipResponse): void {
    const [contact] = listOf(message, 'Contact');
    if (contact !== undefined) this.#remoteTarget = uriIn(contact);
  }

  /** The next request, with a CSeq of its own. */
  newRequest(method: string, content: DialogContent = {}): SipRequest {
    this.#cseq += 1;
    return this.#write(method, this.#cseq, content);
  }

  /** The ACK of an answered INVITE. */
  acknowledgement(cseq: number, body: string): SipRequest {
    return this.#write('ACK', cseq, { fields: sdpFields(body), body });
  }

  #write(method: string, cseq: number, { fields = [], body = '' }: DialogContent): SipRequest {
    const { callId, local, remote, routes, contact } = this.#parts;
    return {
      type: 'request',
      method,
      uri: this.#remoteTarget,
      fields: [
        { name: 'Max-Forwards', value: '70' },
        ...routeFields(routes),
        { name: 'From', value: local },
        { name: 'To', value: remote },
        { name: 'Call-ID', value: callId },
        { name: 'CSeq', value: `${cseq} ${method}` },
        { name: 'Contact', value: contact },
        ...fields,
      ],
      body,
    };
  }
}

/** Sends a request inside a dialog; the listener is told once, and the 200 of an INVITE is acknowledged. */
export function requestInside(
  dialog: Dialog,
  outlet: Outlet,
  { method, ...content }: DialogContent & { readonly method: string },
  listener: FinalListener,
): void {
  const request = dialog.newRequest(method, content);
  outlet.request(request, newBranch(), (response) => {
    if (response !== undefined && response.status < 200) return;
    if (method === 'INVITE' && response !== undefined && response.status < 300) {
      outlet.acknowledge(dialog.acknowledgement(cseqOf(request).number, ''));
    }
    listener(response);
  });
}
