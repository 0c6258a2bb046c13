import { relative, sep } from 'node:path';
import type { Problem } from '../model/problem.js';

/** Names the files of problems as somebody in `cwd` would, so that editors and annotations find them. */
export function seenFrom(cwd: string, root: string, problems: readonly Problem[]): readonly Problem[] {
  const prefix = relative(cwd, root).split(sep).join('/');
  if (prefix === '') return problems;
  const pathOf = (path: string) => (path === '' ? prefix : `${prefix}/${path}`);
  return problems.map((problem) => {
    const related = problem.related?.map((place) => ({ ...place, path: pathOf(place.path) }));
    return { ...problem, file: pathOf(problem.file), ...(related === undefined ? {} : { related }) };
  });
}
