import type { Command } from 'commander';
import { FairleadError } from '../../errors.js';
import { documentOf } from '../../model/snapshot.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { Observation } from '../../reconciler/driver/driver.js';
import type { OnceResult } from '../../reconciler/once.js';
import type { PassOutcome } from '../../reconciler/pass-outcome.js';
import type { Io } from '../io.js';
import { configOption, outputOption } from '../options.js';
import type { ConfigOptions, OutputOptions } from '../options.js';
import { passOnce } from '../pass-once.js';
import { teach } from '../teaching.js';

interface DumpOptions extends ConfigOptions, OutputOptions {
  readonly cluster?: string;
  readonly node?: string;
}

function onlyOutcome({ outcomes }: OnceResult): PassOutcome {
  const [first, second] = outcomes;
  if (first !== undefined && second === undefined) return first[1];
  const names = [...outcomes.keys()].join(', ');
  throw new FairleadError('cli.usage', `the repository declares several clusters: ${names}`, {
    mend: 'Choose one with --cluster.',
  });
}

function observationOf(outcome: PassOutcome): Observation {
  if ('findings' in outcome) return outcome.findings.observation;
  if ('error' in outcome) throw outcome.error;
  throw new FairleadError('compile.invalid', 'the repository is invalid, so that its nodes are not known', {
    mend: 'Mend what `fairlead validate` reports.',
  });
}

function snapshotOfNode({ nodes }: Observation, name: string): Snapshot {
  const node = nodes.find((one) => one.node.name === name);
  if (node === undefined) {
    const names = nodes.map((one) => one.node.name).join(', ');
    throw new FairleadError('cli.usage', `the cluster has no node "${name}"`, { mend: `Name one of ${names}.` });
  }
  if (node.reachable) return node.snapshot;
  throw new FairleadError('node.unreachable', `${name} does not answer: ${node.reason}`);
}

async function snapshotOfCluster(io: Io, observation: Observation): Promise<Snapshot> {
  const away = observation.nodes.flatMap((one) => (one.reachable ? [] : [one]));
  for (const { node, reason } of away) io.err(`warning: ${node.name} does not answer and is left out: ${reason}\n`);
  const { observedState } = await import('../../reconciler/observed-state.js');
  const { snapshot, differing } = observedState(observation);
  for (const key of differing) io.err(`warning: nodes run different versions of ${key}; --node chooses one\n`);
  return snapshot;
}

async function runDump(io: Io, { config, cluster, node, output }: DumpOptions): Promise<void> {
  const result = await passOnce(io, config, { intent: 'plan', cluster, withoutSecrets: true });
  const observation = observationOf(onlyOutcome(result));
  const snapshot = node === undefined ? await snapshotOfCluster(io, observation) : snapshotOfNode(observation, node);
  const [{ dumpYaml }, { jsonText }] = await Promise.all([
    import('../../reconciler/output/dump.js'),
    import('../../reconciler/output/json-text.js'),
  ]);
  io.out(output === 'json' ? jsonText(documentOf(snapshot)) : dumpYaml(snapshot));
}

export function addDump(program: Command, io: Io): void {
  const command = program
    .command('dump')
    .description('print what nodes really run, as YAML that plans to nothing when it is committed')
    .addOption(configOption())
    .option('--cluster <name>', 'the cluster; needed when several are declared')
    .option('--node <name>', 'only this node; all nodes of the cluster together unless it is given')
    .addOption(outputOption())
    .action((options: DumpOptions) => runDump(io, options));
  teach(command, {
    text: 'Secrets are never in it, only the references to them.',
    examples: [
      ['fairlead dump --cluster emea > emea.yaml', 'to begin with what is there'],
      ['fairlead dump --cluster emea --node edge1', 'one node'],
    ],
  });
}
