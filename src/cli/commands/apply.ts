import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { FairleadError } from '../../errors.js';
import { exitCodes } from '../../reconciler/exit-codes.js';
import type { OnceRequest, OnceResult } from '../../reconciler/once.js';
import type { Io } from '../io.js';
import { configOption, outputOption } from '../options.js';
import type { ConfigOptions, OutputOptions } from '../options.js';
import { passOnce } from '../pass-once.js';
import { teach } from '../teaching.js';

interface ApplyOptions extends ConfigOptions, OutputOptions {
  readonly cluster?: string;
}

type Wanted = Pick<OnceRequest, 'cluster' | 'expectedPlanId'>;

async function readPlan(io: Io, file: string): Promise<Wanted> {
  const text = await readFile(resolve(io.cwd, file), 'utf8').catch((error: unknown) => {
    const mend = 'Write a plan with `fairlead plan --out`.';
    throw new FairleadError('plan.malformed', `could not read the plan ${file}`, { cause: error, mend });
  });
  const { parsePlan } = await import('../../reconciler/output/plan-json.js');
  const { cluster, id } = parsePlan(text);
  return { cluster, expectedPlanId: id };
}

async function wantedBy(io: Io, file: string | undefined, { cluster }: ApplyOptions): Promise<Wanted> {
  if (file === undefined) return { cluster };
  const plan = await readPlan(io, file);
  if (cluster === undefined || cluster === plan.cluster) return plan;
  throw new FairleadError('cli.usage', `${file} is a plan for the cluster ${plan.cluster ?? ''}, not for ${cluster}`);
}

async function printResult(io: Io, result: OnceResult, { output }: ApplyOptions): Promise<void> {
  if (output === 'json') {
    const { outcomesJson } = await import('../outcome/outcome-json.js');
    io.out(outcomesJson(result));
  } else {
    const { printOutcomes } = await import('../outcome/print-outcomes.js');
    printOutcomes(io, result.outcomes);
  }
}

async function runApply(io: Io, file: string | undefined, options: ApplyOptions): Promise<void> {
  const { endWith } = await import('../outcome/outcome-exit-code.js');
  const result = await passOnce(io, options.config, { intent: 'apply', ...(await wantedBy(io, file, options)) });
  await printResult(io, result, options);
  endWith(io, result);
}

export function addApply(program: Command, io: Io): void {
  const command = program
    .command('apply')
    .description('bring the nodes to what is declared, once; what does harm is rolled back')
    .argument('[plan]', 'apply exactly this plan, from `fairlead plan --out`, or nothing')
    .addOption(configOption())
    .option('--cluster <name>', 'only this cluster')
    .addOption(outputOption())
    .action((file: string | undefined, options: ApplyOptions) => runApply(io, file, options));
  teach(command, {
    text: `A canary first, then the others, with probes through the data path around each
step; only when all of it serves is it confirmed. Windows of SyncPolicy do not
hold up an operator who asks; its other guards do. It needs the state directory
for itself: a daemon applies by itself and refuses company.`,
    examples: [
      ['fairlead apply', 'whatever is declared now'],
      ['fairlead apply plan.json', 'exactly that plan'],
    ],
    codes: [exitCodes.stale, exitCodes.invalid, exitCodes.refused, exitCodes.rolledBack, exitCodes.partial],
  });
}
