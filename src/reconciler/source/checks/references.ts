import { isKind, kindInfo } from '../../../model/kinds.js';
import { nearest } from '../../../model/nearest.js';
import { newFieldFinder } from '../../../model/schema-fields.js';
import { listed } from '../../../model/value-text.js';
import type { Finding } from '../finding.js';
import { findingOn, type ValidResource } from '../layered.js';
import type { CheckedCluster } from './cluster-check.js';

const references = newFieldFinder((schema) => schema['x-references'] !== undefined);
const mostListed = 20;

/** The names that a reference may use. */
function namesFor(target: string, { declared, nodes }: CheckedCluster): ReadonlySet<string> {
  if (target === 'node') return new Set(nodes);
  const prefix = `${target}/`;
  const names = [...declared].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  return new Set([...(isKind(target) ? (kindInfo(target).fixedSet ?? []) : []), ...names]);
}

function dangling(
  resource: ValidResource,
  pointer: string,
  name: string,
  target: string,
  names: ReadonlySet<string>,
): readonly Finding[] {
  const meant = nearest(name, names);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  const allowed = names.size === 0 ? '' : listed([...names].slice(0, mostListed), 'or');
  const message = `the cluster has no ${target} named ${JSON.stringify(name)}${hint}`;
  const mend = meant === undefined ? {} : { mend: `Write ${meant}, or declare ${name}.` };
  return findingOn(resource, { code: 'resource.reference', pointer, message, found: name, allowed, ...mend });
}

function* namesIn(pointer: string, value: unknown): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [pointer, value];
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* namesIn(`${pointer}/${index}`, item);
}

/** References that point nowhere: to nodes, and to resources of a kind. */
export function danglingReferences(cluster: CheckedCluster): readonly Finding[] {
  const known = new Map<string, ReadonlySet<string>>();
  const findings: Finding[] = [];
  for (const resource of cluster.resources) {
    for (const { pointer, value, schema } of references(resource.resource.kind, resource.value)) {
      const target = schema['x-references'] ?? '';
      const names = known.get(target) ?? namesFor(target, cluster);
      known.set(target, names);
      for (const [place, name] of namesIn(pointer, value))
        if (!names.has(name)) findings.push(...dangling(resource, place, name, target, names));
    }
  }
  return findings;
}
