import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import { isProblemCode } from '../../../src/model/problem-codes.js';
import type { Problem } from '../../../src/model/problem.js';
import type { CompileResult } from '../../../src/reconciler/source/source.js';
import { hostileBytes, Random } from './hostile-yaml.js';
import { clusterText, compileFiles, type Files } from './memory-tree.js';

const seeds = [1, 2, 3, 5, 8, 13, 21, 34];
const roundsPerSeed = 75;
/** Of this process and for all rounds together; both are several times what they take. */
const budget = { cpuSeconds: 60, megabytes: 600 };

type Compile = (files: Files) => Promise<CompileResult>;

function lineAt(files: Files, { file, line }: Problem): string {
  const content = Buffer.from(files[file] ?? '')
    .toString('utf8')
    .replace(/^\ufeff/, '');
  return content.split('\n')[line - 1] ?? '';
}

/** What is wrong with a problem; undefined when a reader finds what it speaks of where it says. */
function complaintAbout(files: Files, problem: Problem): string | undefined {
  const { code, file, line, column, message, mend, found } = problem;
  if (!isProblemCode(code) || message === '' || mend === '') return 'it says too little';
  if (!Object.hasOwn(files, file) || line < 1 || column < 1) return 'it has no place';
  const text = lineAt(files, problem);
  if (column > text.length + 1) return 'its column is behind the end of its line';
  // The faults of YAML show the beginning of what stands at their place.
  if (
    code.startsWith('yaml.') &&
    isUtf8(Buffer.from(files[file] ?? '')) &&
    !text.startsWith(found.trimEnd(), column - 1)
  )
    return 'what it found does not stand there';
  return undefined;
}

async function complaintOf(files: Files, compile: Compile): Promise<string | undefined> {
  const { clusters, refused, problems } = await compile(files);
  if (refused.some((name) => clusters.has(name))) return 'a cluster is both valid and refused';
  const hasError = problems.some(({ severity }) => severity === 'error');
  if (hasError !== refused.length > 0) return 'errors and refusals do not go together';
  for (const problem of problems) {
    const complaint = complaintAbout(files, problem);
    if (complaint !== undefined) return `${complaint}: ${JSON.stringify(problem)}`;
  }
  return undefined;
}

/** Feeds a compile with hostile repositories until it breaks a promise; undefined when it never does. */
async function fuzz(compile: Compile): Promise<string | undefined> {
  for (const seed of seeds) {
    const random = new Random(seed);
    for (let round = 0; round < roundsPerSeed; round += 1) {
      const files: Files = {
        'emea/cluster.yaml': clusterText('emea', random.below(3) === 0 ? ['bases/common'] : []),
        'emea/a.yaml': hostileBytes(random),
        'bases/common/b.yaml': hostileBytes(random),
      };
      const complaint = await complaintOf(files, compile);
      if (complaint !== undefined) return `seed ${seed}, round ${round}: ${complaint}`;
    }
  }
  return undefined;
}

test('no repository makes the compile throw, lose a place, or take more than its share', async () => {
  const cpu = process.cpuUsage();
  assert.equal(await fuzz(compileFiles), undefined);
  const { user, system } = process.cpuUsage(cpu);
  assert.ok((user + system) / 1e6 < budget.cpuSeconds, 'more time than the budget');
  assert.ok(process.memoryUsage().rss / 1e6 < budget.megabytes, 'more memory than the budget');
});

test('the fuzzer finds columns that count characters instead of code units', async () => {
  const miscount: Compile = async (files) => {
    const result = await compileFiles(files);
    const problems = result.problems.map((problem) => {
      const before = lineAt(files, problem).slice(0, problem.column - 1);
      return { ...problem, column: Array.from(before).length + 1 };
    });
    return { ...result, problems };
  };
  assert.match((await fuzz(miscount)) ?? '', /what it found does not stand there/);
});

test('the fuzzer finds a compile that lets a broken file pass', async () => {
  const forgiving: Compile = async (files) => {
    const result = await compileFiles(files);
    return { ...result, problems: result.problems.filter(({ code }) => code !== 'yaml.merge') };
  };
  assert.match((await fuzz(forgiving)) ?? '', /errors and refusals do not go together/);
});
