import { type Cidr, cidrOverlaps, parseCidr } from '../../../model/address.js';
import { newFieldFinder } from '../../../model/schema-fields.js';
import { type Complaint, findingOn, type ValidResource } from '../layered.js';
import type { Finding } from '../finding.js';
import type { CheckedCluster } from './cluster-check.js';

/** A range with where it is written and for what it counts. */
interface Range {
  readonly resource: ValidResource;
  readonly pointer: string;
  readonly text: string;
  readonly cidr: Cidr;
  /** Two ranges of different scopes do not get in each other's way. */
  readonly scopes: readonly string[];
}

/** Orders ranges so that each comes after all that contain it. */
function compareRanges({ cidr: a }: Range, { cidr: b }: Range): number {
  if (a.bytes.length !== b.bytes.length) return a.bytes.length - b.bytes.length;
  const index = a.bytes.findIndex((byte, at) => byte !== b.bytes[at]);
  if (index >= 0) return (a.bytes[index] ?? 0) - (b.bytes[index] ?? 0);
  return a.prefixLength - b.prefixLength;
}

function complaintAbout({ pointer, text }: Range, outer: Range): Complaint {
  const key = outer.resource.key;
  return {
    code: 'resource.overlap',
    pointer,
    message: `${text} overlaps ${outer.text} of ${key}: removing one of the two would change nothing`,
    found: text,
    allowed: 'ranges without an address in common',
    related: outer.resource.layers.slice(-1),
  };
}

/** Ranges that lie within another one of a common scope, in one pass: ranges nest, they never overlap in part. */
function overlaps(ranges: readonly Range[]): readonly Finding[] {
  const around: Range[] = [];
  return ranges.toSorted(compareRanges).flatMap((range) => {
    for (let last = around.at(-1); last !== undefined && !cidrOverlaps(last.cidr, range.cidr); last = around.at(-1))
      around.pop();
    const outer = around.findLast(({ scopes }) => scopes.some((scope) => range.scopes.includes(scope)));
    around.push(range);
    return outer === undefined ? [] : findingOn(range.resource, complaintAbout(range, outer));
  });
}

function rangeOf(resource: ValidResource, pointer: string, text: unknown, scopes: readonly string[]): readonly Range[] {
  const cidr = typeof text === 'string' ? parseCidr(text) : undefined;
  return typeof text !== 'string' || cidr === undefined ? [] : [{ resource, pointer, text, cidr, scopes }];
}

/** Exemptions for a common category whose ranges overlap. */
function overlappingExemptions({ resources }: CheckedCluster): readonly Finding[] {
  const ranges = resources.flatMap((resource) => {
    const { kind, spec } = resource.resource;
    if (kind !== 'Exemption') return [];
    return rangeOf(resource, '/spec/range', spec.range, spec.categories);
  });
  return overlaps(ranges);
}

const rangeLists = newFieldFinder(({ type, items }) => type === 'array' && items?.format === 'cidr');

/** Ranges of one list that overlap. */
function overlappingItems({ resources }: CheckedCluster): readonly Finding[] {
  return resources.flatMap((resource) =>
    rangeLists(resource.resource.kind, resource.value).flatMap(({ pointer, value }) => {
      const items: readonly unknown[] = Array.isArray(value) ? value : [];
      return overlaps(items.flatMap((item, index) => rangeOf(resource, `${pointer}/${index}`, item, [pointer])));
    }),
  );
}

/** Address ranges that overlap where one of them then has no effect of its own. */
export function overlappingRanges(cluster: CheckedCluster): readonly Finding[] {
  return [...overlappingExemptions(cluster), ...overlappingItems(cluster)];
}
