import { skipSpace, tokenEnd } from './characters.js';
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

const usualProtocol = 'SIP/2.0/';
const unusualProtocol = /^SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*/i;

/** Reads one value of Via, unfolded; undefined when it is none. */
export function parseVia(text: string): Via | undefined {
  const start = text.startsWith(usualProtocol) ? usualProtocol.length : unusualProtocol.exec(text)?.[0].length;
  if (start === undefined) return undefined;
  const protocolEnd = tokenEnd(text, start);
  const hostStart = skipSpace(text, protocolEnd);
  if (protocolEnd === start || hostStart === protocolEnd) return undefined;
  const semicolon = text.indexOf(';', hostStart);
  const end = semicolon < 0 ? text.length : semicolon;
  const sentBy = parseHostPort(text, hostStart, end);
  const params = parseParameters(text, end);
  if (sentBy === undefined || params === undefined) return undefined;
  const { host, port } = sentBy;
  const protocol = text.slice(start, protocolEnd).toUpperCase();
  return { text, protocol, host, port, branch: params.get('branch') ?? '', params };
}

/**
 * A Via with the source of the message noted: `received` always, in place of what the sender may have claimed, `rport`
 * filled in when it was asked for (RFC 3581 section 4).
 */
export function viaWithSource({ text, params }: Via, address: string, port: number): string {
  const rport = params.find('rport');
  const received = params.find('received');
  const receivedText = `received=${address}`;
  const rportText = `rport=${port}`;
  if (received === undefined) {
    if (rport === undefined) return `${text};${receivedText}`;
    return `${text.slice(0, rport.start)}${rportText}${text.slice(rport.end)};${receivedText}`;
  }
  if (rport === undefined) return text.slice(0, received.start) + receivedText + text.slice(received.end);
  const [first, second] = rport.start < received.start ? [rport, received] : [received, rport];
  const [one, other] = first === rport ? [rportText, receivedText] : [receivedText, rportText];
  return text.slice(0, first.start) + one + text.slice(first.end, second.start) + other + text.slice(second.end);
}

/** Writes a Via of our own. */
export function writeVia(protocol: string, sentBy: string, branch: string): string {
  return `SIP/2.0/${protocol} ${sentBy};branch=${branch}`;
}
