import { nearest } from '../../model/nearest.js';
import { problemDefinitions } from '../../model/problem-codes.js';
import type { Problem } from '../../model/problem.js';
import { directoryOf, type Layout, type ReadFile } from './layout.js';
import { problemOfFault, problemOfRefusal } from './problems.js';
import { isOurs } from './source-file.js';

function unusedFile(file: ReadFile, clusters: readonly string[]): readonly Problem[] {
  const document = file.content.documents.find((one) => isOurs(one, false));
  if (document === undefined) return [];
  const near = nearest(directoryOf(file.path), clusters) ?? clusters[0];
  const hint =
    near === undefined ? '; the source declares no cluster' : `; there is a cluster in ${JSON.stringify(near)}`;
  const message = `the file belongs to no cluster and to no base${hint}`;
  const { mend } = problemDefinitions['file.unused'];
  const place = { file: file.path, ...document.start, pointer: '' };
  return [{ code: 'file.unused', severity: 'warning', ...place, message, found: '', allowed: '', mend }];
}

/**
 * Problems of what belongs to no cluster: a file that cannot be read is an error, since it might declare one; documents
 * of ours have no effect there, which is a warning; documents of others are nobody's business.
 */
export function unclaimedProblems({ territories, unclaimed }: Layout): readonly Problem[] {
  const clusters = [...territories.values()].filter((one) => one.clusters.length > 0).map(({ directory }) => directory);
  return [
    ...unclaimed.refusals.map((refusal) => problemOfRefusal(refusal, refusal.path === '' ? 'error' : 'warning')),
    ...unclaimed.files.flatMap((file) => file.content.faults.map((fault) => problemOfFault(file, fault))),
    ...unclaimed.files
      .filter(({ content }) => content.faults.length === 0)
      .flatMap((file) => unusedFile(file, clusters)),
  ];
}
