/** A SIP URI in parts; parameter names are in lower case, those without a value have an empty one. */
export interface SipAddress {
  readonly scheme: string;
  readonly user: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

function parametersOf(text: string): ReadonlyMap<string, string> {
  const parts = text.match(/(?:"(?:\\.|[^"\\])*"|<[^>]*>|[^;"<])+/g) ?? [];
  return new Map(
    parts.map((part) => {
      const equals = part.indexOf('=');
      const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
      return [name, equals < 0 ? '' : part.slice(equals + 1).trim()];
    }),
  );
}

/** Reads a SIP or SIPS URI; undefined when it is none. */
export function readUri(text: string): SipAddress | undefined {
  const parts = /^(sips?):(?:([^@<>"\s]*)@)?(\[[0-9a-fA-F:.]+\]|[^:;?@<>"\s[\]]+)(?::(\d{1,5}))?(;[^?\s<>]*)?/i.exec(
    text,
  );
  if (parts === null) return undefined;
  const [, scheme = '', user = '', host = '', port, parameters = ''] = parts;
  return {
    scheme: scheme.toLowerCase(),
    user: decodeUser(user.split(':', 1)[0] ?? ''),
    host: host.replace(/^\[|\]$/g, '').toLowerCase(),
    port: port === undefined ? undefined : Number(port),
    parameters: parametersOf(parameters.slice(1)),
  };
}

function decodeUser(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

/** The URI of a From, To, Contact, Route or Path value, with or without angle brackets. */
export function uriIn(value: string): string {
  const bracketed = /^(?:"(?:\\.|[^"\\])*"|[^"<])*<([^>]*)>/.exec(value);
  return bracketed?.[1] ?? value.split(';', 1)[0]?.trim() ?? '';
}

/** The header parameters of a From, To, Contact or Via value: those behind the angle brackets or the address. */
export function headerParameters(value: string): ReadonlyMap<string, string> {
  const bracketed = /^(?:"(?:\\.|[^"\\])*"|[^"<])*<[^>]*>/.exec(value);
  const from = bracketed === null ? value.indexOf(';') : value.indexOf(';', bracketed[0].length);
  return from < 0 ? new Map() : parametersOf(value.slice(from + 1));
}

/** A value without the quotes around it. */
export function unquoted(value: string): string {
  return value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value;
}

/** An address as it stands in a URI or Via: IPv6 in brackets. */
export function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
