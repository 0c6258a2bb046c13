import { canonicalHost, cidrComplaint, formatCidr, isDnsName, isFqdn, canonicalAddress, parseCidr } from './address.js';
import { readCron } from './cron.js';
import { formatHttpUrl, parseHttpUrl } from './http-url.js';
import { canonicalPem, pemComplaint } from './pem.js';
import { isTimeZone } from './zoned-time.js';

/** A format that a schema can demand of a text. */
export interface TextFormat {
  /** What is allowed, as a noun phrase with an example. */
  readonly expectation: string;
  /** Why a text does not have the format, as a clause; undefined when it has. */
  complaint(text: string): string | undefined;
  /** The one text among those that mean the same. */
  canonical(text: string): string;
}

function unchanged(text: string): string {
  return text;
}

function hostComplaint(text: string): string | undefined {
  if (canonicalAddress(text) !== undefined || isDnsName(text)) return undefined;
  if (text.includes('_')) return 'an underscore does not belong in a host name';
  return /[:/[]/.test(text) ? 'it must be a host alone, without scheme, port or brackets' : 'it is not a host';
}

function fqdnComplaint(text: string): string | undefined {
  if (isFqdn(text)) return undefined;
  return text.includes('.') ? (hostComplaint(text) ?? 'it is an address, not a name') : 'it has no domain part';
}

function urlComplaint(text: string): string | undefined {
  if (parseHttpUrl(text) !== undefined) return undefined;
  if (!/^https?:\/\//i.test(text)) return 'it does not begin with http:// or https://';
  if (/[?#@]/.test(text)) return 'it holds credentials, a query or a fragment';
  return 'its host, port or path cannot be read, or can be read in two ways';
}

function originComplaint(text: string): string | undefined {
  const url = parseHttpUrl(text);
  if (url === undefined) return urlComplaint(text);
  if (url.scheme !== 'https') return 'it is not https';
  return url.path === '' || url.path === '/' ? undefined : 'it has a path';
}

function relativePathComplaint(text: string): string | undefined {
  if (text.startsWith('/')) return 'it is absolute';
  if (/[\\\p{Cc}]/u.test(text)) return 'it holds a backslash or a control character';
  const isPlain = text.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  return isPlain ? undefined : 'it has an empty part, or . or .. as a part';
}

function cronComplaint(text: string): string | undefined {
  const reading = readCron(text);
  return 'problem' in reading ? reading.problem : undefined;
}

function canonicalUrl(text: string): string {
  const url = parseHttpUrl(text);
  return url === undefined ? text : formatHttpUrl({ ...url, path: url.path === '' ? '/' : url.path });
}

function canonicalOrigin(text: string): string {
  const url = parseHttpUrl(text);
  return url === undefined ? text : formatHttpUrl({ ...url, path: '' });
}

function canonicalCidr(text: string): string {
  const cidr = parseCidr(text);
  return cidr === undefined ? text : formatCidr(cidr);
}

function canonicalCron(text: string): string {
  return text.trim().split(/\s+/).join(' ').toUpperCase();
}

/** Every format of the vocabulary but `date-time`, by the name that schemas use. */
export const textFormats: ReadonlyMap<string, TextFormat> = new Map<string, TextFormat>([
  [
    'host',
    {
      expectation: 'a DNS name or an IP address, such as cucm-pub.example.com',
      complaint: hostComplaint,
      canonical: canonicalHost,
    },
  ],
  [
    'hostname-fqdn',
    { expectation: 'a full DNS name, such as example.com', complaint: fqdnComplaint, canonical: unchanged },
  ],
  [
    'cidr',
    {
      expectation: 'an address range, such as 198.51.100.0/24',
      complaint: cidrComplaint,
      canonical: canonicalCidr,
    },
  ],
  [
    'cron',
    {
      expectation: 'a cron expression of five fields, such as 0 22 * * SAT',
      complaint: cronComplaint,
      canonical: canonicalCron,
    },
  ],
  [
    'time-zone',
    {
      expectation: 'an IANA time zone, such as Europe/Berlin',
      complaint: (text) => (isTimeZone(text) ? undefined : 'it is not a known time zone'),
      canonical: unchanged,
    },
  ],
  [
    'allow-url',
    {
      expectation: 'an http or https URL without query, such as https://updates.example.com/jabber/',
      complaint: urlComplaint,
      canonical: canonicalUrl,
    },
  ],
  [
    'https-origin',
    {
      expectation: 'https, a host and a port, such as https://edge-1.example.com:9443',
      complaint: originComplaint,
      canonical: canonicalOrigin,
    },
  ],
  [
    'relative-path',
    {
      expectation: 'a relative path with forward slashes, such as bases/emea',
      complaint: relativePathComplaint,
      canonical: unchanged,
    },
  ],
  ['pem-certificates', { expectation: 'CA certificates in PEM', complaint: pemComplaint, canonical: canonicalPem }],
]);
