import { parseHostPort } from './host-port.js';
import { type Parameters, parseParameters } from './parameters.js';

/** One value of Via (RFC 3261 section 20.42). */
export interface Via {
  readonly text: string;
  /** `UDP`, `TCP`, `TLS` or whatever stands there, in upper case. */
  readonly protocol: string;
  /** Lower case, IPv6 without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Empty when there is none, as from an RFC 2543 client. */
  readonly branch: string;
  readonly params: Parameters;
}

const sentProtocol = /^SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*([\w.!%*+`'~-]+)[ \t]+/i;

/** Reads one value of Via, unfolded; undefined when it is none. */
export function parseVia(text: string): Via | undefined {
  const protocol = sentProtocol.exec(text);
  if (protocol === null) return undefined;
  const start = protocol[0].length;
  const semicolon = text.indexOf(';', start);
  const end = semicolon < 0 ? text.length : semicolon;
  const sentBy = parseHostPort(text.slice(start, end).trim());
  const params = parseParameters(text, end);
  if (sentBy === undefined || params === undefined) return undefined;
  const branch = params.get('branch') ?? '';
  return { text, protocol: (protocol[1] ?? '').toUpperCase(), ...sentBy, branch, params };
}

/**
 * A Via with the source of the message noted: `received` always in place of what the sender may have claimed, `rport`
 * filled in when it was asked for (RFC 3581 section 4).
 */
export function viaWithSource(via: Via, address: string, port: number): string {
  let text = via.text;
  const rport = via.params.find('rport');
  const received = via.params.find('received');
  const edits = [
    ...(rport ? [{ ...rport, text: `rport=${port}` }] : []),
    ...(received ? [{ ...received, text: `received=${address}` }] : []),
  ].toSorted((a, b) => b.start - a.start);
  for (const edit of edits) text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  return received ? text : `${text};received=${address}`;
}

/** Writes a Via of our own. */
export function writeVia(protocol: string, sentBy: string, branch: string): string {
  return `SIP/2.0/${protocol} ${sentBy};branch=${branch}`;
}
