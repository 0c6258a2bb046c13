import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Pair, visit, type YAMLMap } from 'yaml';
import { compose } from './compose.js';
import { yamlLimits } from './limits.js';
import { segmentsOf } from './pointer.js';
import { isMergeKey } from './value.js';

/** Where something stands in a text, in offsets. */
export interface YamlExtent {
  readonly start: number;
  readonly end: number;
  /** The scalar as it is written, when there is one. */
  readonly written?: string;
}

type Targets = ReadonlyMap<unknown, unknown>;

/** What every alias of a document stands for, found in one walk: asking them one by one is quadratic. */
function targetsOf(document: Document): Targets {
  const anchors = new Map<string, unknown>();
  const targets = new Map<unknown, unknown>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) targets.set(node, anchors.get(node.source));
      else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

const mostMergeSteps = 64;

function pairOf(map: YAMLMap, key: string, targets: Targets, steps = 0): Pair | undefined {
  const own = map.items.find((pair) => isScalar(pair.key) && !isMergeKey(pair.key) && pair.key.value === key);
  if (own !== undefined || steps > mostMergeSteps) return own;
  for (const { key: mergeKey, value } of map.items) {
    if (!isMergeKey(mergeKey)) continue;
    const merged = targets.get(value) ?? value;
    for (const source of isSeq(merged) ? merged.items : [merged]) {
      const base = targets.get(source) ?? source;
      const hit = isMap(base) ? pairOf(base, key, targets, steps + 1) : undefined;
      if (hit !== undefined) return hit;
    }
  }
  return undefined;
}

interface Step {
  readonly key: unknown;
  readonly node: unknown;
}

function stepInto({ node }: Step, segment: string, targets: Targets): Step | undefined {
  const parent = targets.get(node) ?? node;
  if (isSeq(parent)) {
    const item: unknown = parent.items[Number(segment)];
    return item === undefined ? undefined : { key: item, node: item };
  }
  const pair = isMap(parent) ? pairOf(parent, segment, targets) : undefined;
  return pair === undefined ? undefined : { key: pair.key, node: pair.value ?? pair.key };
}

function extentOf(node: unknown, document: Document): YamlExtent {
  const [start = 0, end = start] = (isNode(node) ? node.range : document.range) ?? [];
  const written = isScalar(node) ? node.source : undefined;
  return { start, end, ...(written === undefined ? {} : { written }) };
}

function locate(document: Document, targets: Targets, pointer: string, at: 'key' | 'value'): YamlExtent {
  let step: Step = { key: document.contents, node: document.contents };
  for (const segment of segmentsOf(pointer)) {
    const next = stepInto(step, segment, targets);
    // The nearest ancestor that exists is the honest answer, and its key is where a reader looks for it.
    if (next === undefined) return extentOf(step.key, document);
    step = next;
  }
  return extentOf(at === 'key' ? step.key : step.node, document);
}

/**
 * Reads a text once more to find where its documents (by their index in `readYaml`) hold a JSON pointer, through aliases
 * and merge keys; a pointer that leads nowhere gives its nearest ancestor.
 */
export function placesIn(text: string): (document: number, pointer: string, at: 'key' | 'value') => YamlExtent {
  const { documents } = compose(text, yamlLimits);
  const targets = new Map<Document, Targets>();
  return (index, pointer, at) => {
    const document = documents[index];
    if (document === undefined) return { start: 0, end: 0 };
    const known = targets.get(document) ?? targetsOf(document);
    targets.set(document, known);
    return locate(document, known, pointer, at);
  };
}
