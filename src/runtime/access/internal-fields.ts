/** Fields between edge and core begin so; they are never accepted from nor sent to a client. */
export const internalPrefix = 'x-fairlead-';

/** Names of the fields that an edge adds to every request over a link. */
const internalFields = {
  /** Address of the client. */
  client: 'x-fairlead-client',
  /** The edge as clients reach it, `name:port`. */
  edge: 'x-fairlead-edge',
  /** Its port for SIP over TLS, when it has one. */
  sip: 'x-fairlead-sip',
  request: 'x-fairlead-request',
  /** The edge's word on the token, see `TokenVerdict`. */
  verdict: 'x-fairlead-verdict',
  /** The token, only when the verdict is `valid`. */
  token: 'x-fairlead-token',
} as const;

/** What an edge found in the X-Auth cookie. */
export type TokenVerdict = 'absent' | 'valid' | 'expired' | 'early' | 'invalid';

/** What a core takes over from the edge about one request. */
export interface EdgeWord {
  readonly client: string;
  readonly edgeName: string;
  readonly edgePort: number;
  /** Where SIP clients reach the edge over TLS; absent when it serves none. */
  readonly sipPort?: number | undefined;
  readonly requestId: string;
  readonly token: string | undefined;
}

const edgeForm = /^([A-Za-z0-9.-]{1,253}|\[[0-9a-f:.]+\]):(\d{1,5})$/;

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Reads the internal fields of a request over a link; undefined when one that must be there is not. */
export function readEdgeWord(headers: NodeJS.Dict<string | string[]>): EdgeWord | undefined {
  const client = textOf(headers[internalFields.client]);
  const requestId = textOf(headers[internalFields.request]);
  const [, edgeName, port] = edgeForm.exec(textOf(headers[internalFields.edge]) ?? '') ?? [];
  if (client === undefined || requestId === undefined || edgeName === undefined) return undefined;
  const sipPort = textOf(headers[internalFields.sip]);
  return {
    ...{ client, edgeName, edgePort: Number(port), requestId, token: textOf(headers[internalFields.token]) },
    ...(sipPort !== undefined && /^\d{1,5}$/.test(sipPort) && { sipPort: Number(sipPort) }),
  };
}

/** The internal fields as a flat list of names and values. */
export function internalFieldList(word: EdgeWord, verdict: TokenVerdict): string[] {
  const list = [
    internalFields.client,
    word.client,
    internalFields.edge,
    `${word.edgeName}:${word.edgePort}`,
    internalFields.request,
    word.requestId,
    internalFields.verdict,
    verdict,
  ];
  if (word.token !== undefined) list.push(internalFields.token, word.token);
  if (word.sipPort !== undefined) list.push(internalFields.sip, String(word.sipPort));
  return list;
}
