import { less, quote, runEnd, skipSpace, visibleTableWithout } from './characters.js';
import { quotedEnd } from './list-value.js';
import { type Parameters, parseParameters, unquote } from './parameters.js';

/** A value of From, To, Contact, Route and their like: a URI, perhaps with a name, and parameters. */
export interface NameAddr {
  readonly text: string;
  /** Without quotes; empty when there is none. */
  readonly display: string;
  /** As written, without angle brackets; of any scheme. */
  readonly uri: string;
  readonly uriStart: number;
  readonly isBracketed: boolean;
  /** Of the header, not of the URI. */
  readonly params: Parameters;
}

const uriTable = visibleTableWithout('"<>');
const bareUriTable = visibleTableWithout('";<>');

/** Reads one value, unfolded; undefined when it is none. */
export function parseNameAddr(text: string): NameAddr | undefined {
  const start = skipSpace(text, 0);
  if (text.charCodeAt(start) === quote) {
    const end = quotedEnd(text, start);
    if (end < 0) return undefined;
    const bracket = skipSpace(text, end);
    if (text.charCodeAt(bracket) !== less) return undefined;
    return bracketed(text, unquote(text.slice(start, end)), bracket);
  }
  const bracket = text.indexOf('<', start);
  if (bracket < 0) return bare(text, start);
  const display = text.slice(start, bracket).trim();
  return /[",;>]/.test(display) ? undefined : bracketed(text, display, bracket);
}

function bracketed(text: string, display: string, bracket: number): NameAddr | undefined {
  const end = text.indexOf('>', bracket);
  if (end < 0) return undefined;
  return withParameters(text, display, bracket + 1, end, end + 1);
}

/** Without brackets, parameters belong to the header (RFC 3261 section 20). */
function bare(text: string, start: number): NameAddr | undefined {
  const end = runEnd(bareUriTable, text, start);
  return withParameters(text, '', start, end, end);
}

function withParameters(text: string, display: string, start: number, end: number, behind: number) {
  if (start === end || runEnd(uriTable, text, start) < end) return undefined;
  const params = parseParameters(text, behind);
  return params && { text, display, uri: text.slice(start, end), uriStart: start, isBracketed: behind !== end, params };
}

/** The value with another URI, always in brackets; name and parameters as they were. */
export function nameAddrWithUri({ text, uri, uriStart, isBracketed }: NameAddr, replacement: string): string {
  const before = text.slice(0, uriStart);
  const behind = text.slice(uriStart + uri.length);
  return isBracketed ? before + replacement + behind : `${before}<${replacement}>${behind}`;
}

/** The value with a parameter set, in its place or at the end; undefined or '' gives one without a value. */
export function nameAddrWithParameter({ text, params }: NameAddr, name: string, value?: string): string {
  const written = value === undefined || value === '' ? name : `${name}=${value}`;
  const found = params.find(name);
  if (found === undefined) return `${text.trimEnd()};${written}`;
  return text.slice(0, found.start) + written + text.slice(found.end);
}
