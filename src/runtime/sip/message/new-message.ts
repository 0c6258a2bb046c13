import { tokenEnd } from './characters.js';
import { FieldTable } from './field-table.js';
import { fieldWithValue, type HeaderField, isOneLine, newField } from './header-field.js';
import { nameAddrWithParameter } from './name-addr.js';
import { reasonPhraseOf } from './reason-phrases.js';
import { SipMessage } from './sip-message.js';
import { isRequestUri, writeRequestLine } from './start-line.js';

const nothing = Buffer.alloc(0);

/** What an answer says beside its status. */
export interface ResponseOptions {
  readonly reason?: string;
  /** Name and value of further fields, in order. */
  readonly headers?: readonly (readonly [string, string])[];
  /** Put on To when the request has none there; without effect on a 100. */
  readonly toTag?: string;
}

/** An answer without a body: Via, From, To, Call-ID and CSeq as they came (RFC 3261 section 8.2.6). */
export function newResponse(request: SipMessage, statusCode: number, options: ResponseOptions = {}): SipMessage {
  const reasonPhrase = options.reason ?? reasonPhraseOf(statusCode);
  if (!isOneLine(reasonPhrase)) throw new RangeError('a reason phrase holds a line break or what is not latin1');
  const repeated = ['via', 'from'].flatMap((name) => request.fieldsOf(name));
  const to = request.fieldsOf('to').map((field) => tagged(field, request, statusCode, options.toTag));
  const ids = ['call-id', 'cseq', ...(statusCode === 100 ? ['timestamp'] : [])];
  const added = (options.headers ?? []).map(([name, value]) => newField(name, value));
  const fields = [...repeated, ...to, ...ids.flatMap((name) => request.fieldsOf(name)), ...added];
  return new SipMessage({
    startLine: { type: 'response', statusCode, reasonPhrase },
    startText: `SIP/2.0 ${statusCode} ${reasonPhrase}\r\n`,
    fields: new FieldTable([...fields, newField('content-length', '0')]),
    body: nothing,
  });
}

function tagged(field: HeaderField, request: SipMessage, statusCode: number, tag: string | undefined): HeaderField {
  const to = request.to;
  if (tag === undefined || statusCode === 100 || to === undefined || request.toTag !== '') return field;
  return fieldWithValue(field, nameAddrWithParameter(to, 'tag', tag));
}

/** A request of our own, with its Content-Length. */
export function newRequest(
  method: string,
  requestUri: string,
  headers: readonly (readonly [string, string])[],
  body: Buffer = nothing,
): SipMessage {
  if (tokenEnd(method, 0) !== method.length || method === '')
    throw new RangeError(`${JSON.stringify(method)} is no method`);
  if (!isRequestUri(requestUri)) throw new RangeError(`${JSON.stringify(requestUri)} cannot be the Request-URI`);
  const fields = headers.map(([name, value]) => newField(name, value));
  return new SipMessage({
    startLine: { type: 'request', method, requestUri },
    startText: writeRequestLine(method, requestUri),
    fields: new FieldTable([...fields, newField('content-length', String(body.length))]),
    body,
  });
}
