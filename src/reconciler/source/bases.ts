import { nearest } from '../../model/nearest.js';
import type { Finding } from './finding.js';
import { parseTreePath } from './git-ref.js';
import { basesOf, directoriesAbove, type Layout, type PlacedDocument, type Territory } from './layout.js';

/** What a cluster inherits from, the weakest first, and what is wrong with it. */
export interface Inheritance {
  readonly bases: readonly Territory[];
  readonly findings: readonly Finding[];
}

/** Steps from a cluster to a base of a base. */
const deepest = 8;

interface Walk {
  readonly layout: Layout;
  /** Where findings are placed: the cluster that inherits. */
  readonly cluster: PlacedDocument;
  readonly found: Set<Territory>;
  readonly findings: Finding[];
}

function note(walk: Walk, index: number, finding: Pick<Finding, 'code' | 'message' | 'found' | 'allowed'>): void {
  walk.findings.push({ ...walk.cluster, pointer: `/spec/bases/${index}`, at: 'value', ...finding });
}

function directoriesOf({ territories, unclaimed }: Layout): ReadonlySet<string> {
  const files = [...territories.values(), unclaimed].flatMap((territory) => territory.files);
  return new Set(files.flatMap(({ path }) => [...directoriesAbove(path)]));
}

function unknownBase({ layout }: Walk, base: string): Pick<Finding, 'code' | 'message' | 'found' | 'allowed'> {
  const meant = nearest(base, directoriesOf(layout));
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  const message = `the base ${JSON.stringify(base)} is not a directory with documents${hint}`;
  return { code: 'base.unknown', message, found: base, allowed: 'a directory, from the root of the source' };
}

/** Visits the bases that a territory names; `index` is the entry of the cluster's own list that led here. */
function visit(walk: Walk, { clusters }: Territory, trail: readonly string[], index?: number): void {
  const [cluster] = clusters;
  if (cluster === undefined) return;
  for (const [position, base] of basesOf(cluster).entries()) follow(walk, base, trail, index ?? position);
}

function follow(walk: Walk, base: string, trail: readonly string[], index: number): void {
  // The schema speaks of a path that could lead out of the source.
  if (parseTreePath(base) !== base) return;
  const territory = walk.layout.territories.get(base);
  const steps = [...trail, base].map((step) => JSON.stringify(step)).join(' → ');
  if (trail.includes(base)) {
    note(walk, index, { code: 'base.cycle', message: `bases in a circle: ${steps}`, found: base, allowed: '' });
  } else if (trail.length > deepest) {
    const allowed = `at most ${deepest} steps`;
    note(walk, index, { code: 'base.too-deep', message: `bases over too many steps: ${steps}`, found: base, allowed });
  } else if (territory === undefined || (territory.files.length === 0 && territory.refusals.length === 0)) {
    note(walk, index, unknownBase(walk, base));
  } else if (!walk.found.has(territory)) {
    visit(walk, territory, [...trail, base], index);
    walk.found.add(territory);
  }
}

/**
 * Finds what a cluster inherits: each base after the bases of its own, and each one once, where it is reached first.
 * A base may be another cluster.
 */
export function inheritanceOf(territory: Territory, cluster: PlacedDocument, layout: Layout): Inheritance {
  const walk: Walk = { layout, cluster, found: new Set(), findings: [] };
  visit(walk, territory, [territory.directory]);
  return { bases: [...walk.found], findings: walk.findings };
}
