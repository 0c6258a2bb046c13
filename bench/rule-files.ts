import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabRepository } from '../src/lab/estate/lab-repository.js';

const filesPerDirectory = 200;

const clusterText = `apiVersion: fairlead.dev/v1
kind: Cluster
metadata: { name: emea }
spec:
  edges: [{ name: edge-1, admin: { url: 'https://edge-1.example.com:9443', tokenRef: { env: FAIRLEAD_SECRET_EDGE } } }]
  cores: [{ name: core-1, admin: { url: 'https://core-1.example.com:9443', tokenRef: { env: FAIRLEAD_SECRET_CORE } } }]
`;

function ruleText(number: number, match: string): string {
  return `# yaml-language-server: $schema=https://fairlead.dev/schemas/fairlead.schema.json
apiVersion: fairlead.dev/v1
kind: AllowRule
metadata:
  name: rule-${number}
spec:
  url: https://host-${number}.example.com:8443/service/${number}/
  methods: [GET, HEAD]
  match: ${match}
  description: Opens service ${number} to signed-in clients
`;
}

/** A Git repository of one cluster with a rule per file, exactly one of them broken. */
export interface RuleFiles {
  readonly directory: string;
  /** Matches the files of the rules. */
  readonly glob: string;
  /** Of the broken rule, from the repository's directory. */
  readonly brokenPath: string;
}

function pathOf(number: number): string {
  return `clusters/emea/rules/${String(Math.floor(number / filesPerDirectory)).padStart(3, '0')}/rule-${number}.yaml`;
}

/** Writes and commits so many one-document files; the one in the middle has `match: prefixx`. */
export async function writeRuleFiles(directory: string, count: number): Promise<RuleFiles> {
  const repository = new LabRepository(directory);
  await repository.create();
  const broken = Math.floor(count / 2);
  for (let number = 0; number < count; number += 1) {
    const file = join(directory, pathOf(number));
    if (number % filesPerDirectory === 0) await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, ruleText(number, number === broken ? 'prefixx' : 'prefix'));
  }
  await writeFile(join(directory, 'clusters/emea/cluster.yaml'), clusterText);
  await repository.commit('Describe a cluster');
  return { directory, glob: join(directory, 'clusters/emea/rules/**/*.yaml'), brokenPath: pathOf(broken) };
}

/** Writes every file anew with what is committed, as a fresh checkout does. */
export async function checkOutAfresh(directory: string): Promise<void> {
  await rm(join(directory, 'clusters'), { recursive: true });
  await new LabRepository(directory).git('checkout', '--quiet', '--', '.');
}

/** Writes a comment into one rule. */
export async function changeOneRule(directory: string, round: number): Promise<void> {
  await writeFile(join(directory, pathOf(7)), `${ruleText(7, 'prefix')}# round ${round}\n`);
}
