import { createHash } from 'node:crypto';
import { FairleadError } from '../../errors.js';
import type { Problem } from '../../model/problem.js';
import { type Inheritance, inheritanceOf } from './bases.js';
import { type ClusterOutcome, compileCluster } from './cluster.js';
import type { Finding } from './finding.js';
import { directoryOf, type Layout, layOut, type PlacedDocument, type ReadFile, type Territory } from './layout.js';
import {
  gatherProblems,
  locateFindings,
  problemOfFault,
  problemOfRefusal,
  type ProblemGroup,
  type Texts,
} from './problems.js';
import { readSourceFiles } from './read-files.js';
import type { SourceFile } from './source-file.js';
import type { CompileResult } from './source.js';
import type { BlobReader, Tree } from './tree.js';
import { unclaimedProblems } from './unclaimed.js';

/** A cluster with its problems placed. */
interface CompiledCluster {
  readonly outcome: ClusterOutcome;
  readonly problems: readonly Problem[];
}

/** What is remembered from one compile to the next, so that only what changed is done again. */
export class CompileMemory {
  /** By the id of their content. */
  files: ReadonlyMap<string, SourceFile> = new Map();
  /** By all that goes into them. */
  clusters: ReadonlyMap<string, CompiledCluster> = new Map();
}

/** What a compile works with. */
export interface CompileJob {
  readonly readBlobs: BlobReader;
  readonly memory: CompileMemory;
  readonly signal: AbortSignal;
}

async function readFiles({ files }: Tree, { readBlobs, memory, signal }: CompileJob): Promise<readonly ReadFile[]> {
  const contents = new Map<string, SourceFile>();
  for (const { id } of files) {
    const known = memory.files.get(id);
    if (known !== undefined) contents.set(id, known);
  }
  const missing = new Set(files.map(({ id }) => id).filter((id) => !contents.has(id)));
  const read = await readSourceFiles(readBlobs([...missing], signal), missing.size);
  for (const [id, file] of read) contents.set(id, file);
  memory.files = contents;
  return files.map((file) => {
    const content = contents.get(file.id);
    // Going on without it would delete what it declares.
    if (content === undefined) throw new FairleadError('internal', `the content of ${file.path} did not come`);
    return { ...file, content };
  });
}

function digestOf({ directory, files, refusals }: Territory): string {
  const hash = createHash('sha256').update(`${directory}\n`);
  for (const { id, path } of files) hash.update(`${id} ${path}\n`);
  for (const { path, code } of refusals) hash.update(`${code} ${path}\n`);
  return hash.digest('hex');
}

async function textsOf(findings: readonly Finding[], { readBlobs, signal }: CompileJob): Promise<Texts> {
  const texts = new Map<string, Uint8Array>();
  const ids = new Set(findings.map(({ file }) => file.id));
  for await (const { id, content } of readBlobs([...ids], signal)) texts.set(id, content);
  return texts;
}

async function placeProblems({ territories, findings }: ClusterOutcome, job: CompileJob): Promise<readonly Problem[]> {
  const texts = findings.length === 0 ? new Map<string, Uint8Array>() : await textsOf(findings, job);
  return [
    ...locateFindings(findings, texts),
    ...territories.flatMap(({ files, refusals }) => [
      ...files.flatMap((file) => file.content.faults.map((fault) => problemOfFault(file, fault))),
      ...refusals.map((refusal) => problemOfRefusal(refusal, 'error')),
    ]),
  ];
}

/** All that goes into a cluster; undefined when more than the files of its territories does. */
function inputsOf(
  { document }: PlacedDocument,
  territory: Territory,
  { bases, findings }: Inheritance,
  digests: Digests,
): string | undefined {
  if (findings.length > 0) return undefined;
  return [document.index, ...[territory, ...bases].map((one) => digests(one))].join(' ');
}

type Digests = (territory: Territory) => string;

function newDigests(): Digests {
  const known = new Map<Territory, string>();
  return (territory) => {
    const digest = known.get(territory) ?? digestOf(territory);
    known.set(territory, digest);
    return digest;
  };
}

async function compileClusters(layout: Layout, job: CompileJob): Promise<readonly CompiledCluster[]> {
  const digests = newDigests();
  const remembered = new Map<string, CompiledCluster>();
  const compiled: CompiledCluster[] = [];
  for (const territory of layout.territories.values()) {
    const [cluster] = territory.clusters;
    if (cluster === undefined) continue;
    const inheritance = inheritanceOf(territory, cluster, layout);
    const inputs = inputsOf(cluster, territory, inheritance, digests);
    const one =
      job.memory.clusters.get(inputs ?? '') ?? (await compileOne(compileCluster(territory, cluster, inheritance), job));
    if (inputs !== undefined) remembered.set(inputs, one);
    compiled.push(one);
  }
  job.memory.clusters = remembered;
  return compiled;
}

async function compileOne(outcome: ClusterOutcome, job: CompileJob): Promise<CompiledCluster> {
  return { outcome, problems: await placeProblems(outcome, job) };
}

/** Clusters that take the name of another one: nobody could tell which of the two a plan is for. */
async function repeatedNames(clusters: readonly CompiledCluster[], job: CompileJob): Promise<readonly ProblemGroup[]> {
  const first = new Map<string, PlacedDocument>();
  const groups: ProblemGroup[] = [];
  for (const { name, cluster } of clusters.map(({ outcome }) => outcome)) {
    const other = first.get(name);
    first.set(name, other ?? cluster);
    if (other === undefined) continue;
    const elsewhere = JSON.stringify(directoryOf(other.file.path));
    const message = `there is another cluster named ${JSON.stringify(name)} in ${elsewhere}`;
    const what = {
      code: 'cluster.duplicate',
      message,
      found: name,
      allowed: 'each name once',
      related: [other],
    } as const;
    const finding: Finding = { ...cluster, ...what, pointer: '/metadata/name', at: 'value' };
    groups.push({ cluster: name, problems: locateFindings([finding], await textsOf([finding], job)) });
  }
  return groups;
}

function hasError({ problems }: Pick<ProblemGroup, 'problems'>): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

function compareNames([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}

function resultOf(
  clusters: readonly CompiledCluster[],
  shared: readonly ProblemGroup[],
  revision: string,
): CompileResult {
  const groups = [...clusters.map(({ outcome, problems }) => ({ cluster: outcome.name, problems })), ...shared];
  const broken = groups.filter(hasError);
  const refused = new Set(broken.flatMap(({ cluster }) => cluster ?? []));
  const strays = broken.filter(({ cluster }) => cluster === undefined).flatMap(({ problems }) => problems);
  const places = strays.filter(({ severity }) => severity === 'error').map(({ file }) => directoryOf(file));
  const valid = clusters.map(({ outcome }) => outcome).filter(({ name }) => !refused.has(name));
  const declarations = valid.map(({ name, resources, sources }) => {
    return [name, { cluster: name, revision, resources, sources }] as const;
  });
  return {
    clusters: new Map(declarations.toSorted(compareNames)),
    refused: [...new Set([...refused, ...places])].toSorted(),
    problems: gatherProblems(groups),
  };
}

/**
 * Compiles a tree: every cluster that is valid, and every problem there is. Files are read once per content, and
 * clusters are compiled again only when something changed that goes into them.
 * @throws whatever `readBlobs` throws
 */
export async function compileTree(tree: Tree, revision: string, job: CompileJob): Promise<CompileResult> {
  const layout = layOut(await readFiles(tree, job), tree.refusals);
  const clusters = await compileClusters(layout, job);
  const unclaimed = { cluster: undefined, problems: unclaimedProblems(layout) };
  const shared = [...(await repeatedNames(clusters, job)), unclaimed];
  return resultOf(clusters, shared, revision);
}
