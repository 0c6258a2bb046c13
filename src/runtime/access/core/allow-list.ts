import { FairleadError } from '../../../errors.js';
import type { AllowRuleResource } from '../../../model/generated/kinds.js';
import { parseHttpUrl } from '../../../model/http-url.js';
import type { Target } from '../path-segment.js';

/** Where a request wants to go. */
export type Destination = Pick<Target, 'scheme' | 'host' | 'port'>;

/** The HTTP allow list: default deny, on exact scheme, host, port and method. */
export interface AllowList {
  /** `path` is clear (see `isClearPath`). */
  allows(method: string, destination: Destination, path: string): boolean;
}

type MethodsByPath = Map<string, Set<string>>;

interface HostRules {
  readonly exact: MethodsByPath;
  readonly prefix: MethodsByPath;
}

/** The authority of a destination as one text, an address in brackets. */
export function originOf({ scheme, host, port }: Destination): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function addMethods(rules: MethodsByPath, path: string, methods: readonly string[]): void {
  rules.set(path, new Set([...(rules.get(path) ?? []), ...methods]));
}

function addRule(hosts: Map<string, HostRules>, { metadata, spec }: AllowRuleResource): void {
  const url = parseHttpUrl(spec.url);
  if (url === undefined) {
    throw new FairleadError('apply.prepare-failed', `AllowRule/${metadata.name} url ${spec.url} is no allowed URL`);
  }
  const origin = originOf(url);
  const rules = hosts.get(origin) ?? { exact: new Map(), prefix: new Map() };
  hosts.set(origin, rules);
  if (spec.match === 'exact') addMethods(rules.exact, url.path === '' ? '/' : url.path, spec.methods);
  else addMethods(rules.prefix, url.path, spec.methods);
}

/** Asks for the path itself, then for every path above it, with and without its final slash. */
function prefixAllows(rules: MethodsByPath, path: string, method: string): boolean {
  if (rules.get(path)?.has(method) === true) return true;
  for (let slash = path.lastIndexOf('/'); slash >= 0; slash = path.lastIndexOf('/', slash - 1)) {
    if (rules.get(path.slice(0, slash + 1))?.has(method) === true) return true;
    if (rules.get(path.slice(0, slash))?.has(method) === true) return true;
    if (slash === 0) return false;
  }
  return false;
}

/** Percent-encodings are compared in upper case, as the rules are kept; nothing is decoded. */
function comparable(path: string): string {
  return path.includes('%') ? path.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase()) : path;
}

/**
 * Compiles the rules of a snapshot; a look-up takes time with the length of the path, whatever the number of rules.
 * @throws FairleadError `apply.prepare-failed` for a rule whose URL is not one.
 */
export function newAllowList(resources: readonly AllowRuleResource[]): AllowList {
  const hosts = new Map<string, HostRules>();
  for (const resource of resources) addRule(hosts, resource);
  return {
    allows(method, destination, path) {
      const rules = hosts.get(originOf(destination));
      if (rules === undefined) return false;
      const compared = comparable(path);
      return rules.exact.get(compared)?.has(method) === true || prefixAllows(rules.prefix, compared, method);
    },
  };
}
