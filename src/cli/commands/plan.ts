import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { FairleadError } from '../../errors.js';
import type { Plan } from '../../model/plan.js';
import { exitCodes } from '../../reconciler/exit-codes.js';
import type { OnceResult } from '../../reconciler/once.js';
import { styleFor } from '../io.js';
import type { Io } from '../io.js';
import { addFormat, configOption, formatOf } from '../options.js';
import type { ConfigOptions, FormatOptions } from '../options.js';
import { passOnce } from '../pass-once.js';
import { teach } from '../teaching.js';

const formats = ['text', 'json', 'markdown'] as const;

type PlanFormat = (typeof formats)[number];

interface PlanOptions extends ConfigOptions, FormatOptions<PlanFormat> {
  readonly cluster?: string;
  readonly out?: string;
  readonly withoutSecrets?: boolean;
}

function plansOf({ outcomes }: OnceResult): readonly Plan[] {
  return [...outcomes.values()].flatMap((outcome) => ('findings' in outcome ? [outcome.findings.plan] : []));
}

/** A cluster without a plan is told on standard error, so that nothing but plans is on standard output. */
async function printJsonPlans(io: Io, result: OnceResult): Promise<void> {
  const [{ jsonLine, jsonText }, { outcomeText }] = await Promise.all([
    import('../../reconciler/output/json-text.js'),
    import('../outcome/outcome-text.js'),
  ]);
  io.out(
    plansOf(result)
      .map(result.outcomes.size === 1 ? jsonText : jsonLine)
      .join(''),
  );
  for (const [cluster, outcome] of result.outcomes) {
    if (!('findings' in outcome)) io.err(outcomeText(cluster, outcome, styleFor(io, 'err')));
  }
}

async function printPlans(io: Io, result: OnceResult, format: PlanFormat): Promise<void> {
  if (format === 'json') {
    await printJsonPlans(io, result);
  } else if (format === 'markdown') {
    const { outcomesMarkdown } = await import('../outcome/outcome-markdown.js');
    io.out(outcomesMarkdown(result.outcomes));
  } else {
    const { printOutcomes } = await import('../outcome/print-outcomes.js');
    printOutcomes(io, result.outcomes);
  }
}

async function writePlan(io: Io, result: OnceResult, file: string): Promise<void> {
  const [plan, another] = plansOf(result);
  if (another !== undefined) {
    const message = `${file} can hold one plan, and there is one for each of ${result.outcomes.size} clusters`;
    throw new FairleadError('cli.usage', message, { mend: 'Choose one with --cluster.' });
  }
  if (plan === undefined) {
    io.err(`there is no plan, so ${file} is not written\n`);
    return;
  }
  const { planJson } = await import('../../reconciler/output/plan-json.js');
  await writeFile(resolve(io.cwd, file), planJson(plan), { mode: 0o600 }).catch((error: unknown) => {
    throw new FairleadError('cli.usage', `could not write ${file}`, {
      cause: error,
      mend: 'Name a file that can be written.',
    });
  });
  io.err(`wrote ${file}; \`fairlead apply ${file}\` applies exactly this plan, or nothing\n`);
}

async function runPlan(io: Io, options: PlanOptions): Promise<void> {
  const { endWith } = await import('../outcome/outcome-exit-code.js');
  const { config, cluster, out, withoutSecrets } = options;
  const result = await passOnce(io, config, { intent: 'plan', cluster, withoutSecrets });
  await printPlans(io, result, formatOf(options));
  if (out !== undefined) await writePlan(io, result, out);
  endWith(io, result);
}

export function addPlan(program: Command, io: Io): void {
  const command = program
    .command('plan')
    .description('say what would change, on which node, why, and who would feel it')
    .addOption(configOption())
    .option('--cluster <name>', 'only this cluster')
    .option('--out <file>', 'also write the plan, for `fairlead apply <file>`')
    .option('--without-secrets', 'take what stands behind secret references for unchanged')
    .action((options: PlanOptions) => runPlan(io, options));
  addFormat(command, formats);
  teach(command, {
    text: `It reads the repository at the ref of the configuration and what every node really
runs, and changes nothing; a daemon may run meanwhile. A plan holds the state it
was made from: applied later, it is applied exactly, or refused as stale. As JSON it
is what schemas/plan.schema.json says: one document, or one a line for several
clusters.`,
    examples: [
      ['fairlead plan', 'with ./fairlead.yaml'],
      ['fairlead plan --cluster emea --out plan.json', 'to be applied later'],
      ['fairlead plan --format markdown', 'for a pull request'],
    ],
    codes: [exitCodes.changes, exitCodes.invalid, exitCodes.refused],
  });
}
