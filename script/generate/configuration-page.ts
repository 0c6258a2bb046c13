import type { Schema } from '../../src/model/schema.js';
import { fieldRows, type FieldRow } from './field-rows.js';
import { renderFields } from './field-table.js';
import type { BootstrapSchemas } from './schema-files.js';

/** Gives the text of an example file by its name. */
export type ReadExample = (name: string) => string;

const introduction = `# Configuration files

<!-- Generated from schemas/bootstrap/ and examples/bootstrap/ by \`npm run generate\`. Do not edit. -->

What clients may do, which servers there are, and how nodes are treated stands in Git: [kinds](kinds.md). Each program has one file beside
it, for what it must know before it can read Git or take a snapshot: [a node](#a-node), [the reconciler](#the-reconciler).
[Operations](operations.md) makes the keys, certificates and tokens that they name.

The files are YAML. An unknown field is an error, and so is a repeated one; a program that refuses its file names every fault with its line
and ends with exit code 1. Relative paths start at the folder of the file. Secrets never stand in a file, only the paths of files that
hold them. What \`host\` allows is told under [formats](kinds.md#formats).
`;

const nodeSection = `## A node

\`fairlead node --config <file>\`. The file is read at the start, and what is changed in it counts after a restart, which keeps the
configuration that the node serves. Read again without one, within half a minute or on SIGHUP: \`admin.identities\`, the files of \`admin.tls\`,
\`access.tls\` and \`signalling.tls\`, and those of \`tokens\`. What cannot be used, such as a certificate without its key, is told in the
log, and the old ones stay in use. Beyond the tables this holds:

- An identity has exactly one of \`tokenSha256\` and \`clientCommonName\`, and shares it with no other.
- \`clientCommonName\` needs \`admin.tls.clientCaFile\`. A request with an \`Authorization\` header is judged by its token alone.
- No two cores of an edge, and no two edges of a core, have the same name or the same key. Link keys are Ed25519, without a passphrase.
- \`sip\` needs \`signalling\`, and that of a core at least one of \`tcp\`, \`udp\` and \`tls\`. A core needs \`signalling.listen\` when one of
  its \`signalling.cores\` sorts before it: of two cores the one whose name sorts first dials. No two peers share a name or a certificate name.
- The key of every core stands in the \`verificationKeysFile\` of every node; an edge signs nothing.
`;

const reconcilerSection = `## The reconciler

\`fairlead run --config <file>\`, and the same file for \`plan\`, \`apply\`, \`status\` and \`dump\`, which take \`./fairlead.yaml\` unless told
otherwise. The files of \`source.auth\` and everything below \`secretsDir\` are read anew for each pass, so that what is rotated there needs no
restart; this file, \`server.tls\`, \`server.tokenFile\` and \`server.webhookSecretFile\` are read once. Beyond the table this holds:

- \`source.url\` holds no password. Over ssh both \`auth.sshKeyFile\` and \`auth.knownHostsFile\` are needed; \`tokenFile\` and \`caFile\` are for https.
- \`server.tls\` is needed unless \`server.listen.host\` is a loopback address.
- The token and the webhook secret have at least 16 characters.
`;

const environment = `## Environment

| variable | read by | what it does |
|---|---|---|
| \`FAIRLEAD_SECRET_*\` | the reconciler, \`plan\`, \`apply\` | values of secret references by \`env\`; no other variable can be referred to |
| \`PATH\` | the reconciler, \`plan\`, \`apply\` | where git and ssh are found |
| \`NO_COLOR\`, \`FORCE_COLOR\` | every command | text without colour; with colour also in a pipe |
| \`XDG_CACHE_HOME\`, \`HOME\` | \`validate\` | where it keeps what it has checked: \`fairlead\` in the first, else \`.cache/fairlead\` in the second |
`;

/** What a field is, by the title of its shape, where a pattern would tell people nothing. */
const forms: Readonly<Record<string, string>> = { Path: 'path', 'SSH public key': 'OpenSSH public key' };
const noControlCharacters = '^[^\\u0000-\\u001f\\u007f]';

function plain(schema: Schema): Schema {
  const { pattern = '', title = '', ...rest } = schema;
  const format = forms[title];
  if (format !== undefined) return { ...rest, format };
  return pattern.startsWith(noControlCharacters) ? rest : schema;
}

function rowsOf(file: Schema, schema: Schema): readonly FieldRow[] {
  // Without a file of shared shapes every field is listed under its whole path.
  const rows = fieldRows({ schema, file, common: {} }, { path: '', interrupts: '', refreshes: false });
  return [...rows].map((row) => ({ ...row, schema: plain(row.schema) }));
}

function definition({ $defs = {} }: Schema, name: string): Schema {
  const found = $defs[name];
  if (found === undefined) throw new Error(`the schema of nodes defines no ${name}`);
  return found;
}

function table(rows: readonly FieldRow[]): string {
  return renderFields(rows, false);
}

/** Edge and core side by side: what both have in the same words, then what each has for itself. */
function nodeTables(node: Schema): readonly string[] {
  const edge = rowsOf(node, definition(node, 'edge'));
  const core = rowsOf(node, definition(node, 'core'));
  const isIn = (rows: readonly FieldRow[], row: FieldRow): boolean => {
    const text = JSON.stringify(row);
    return rows.some((other) => JSON.stringify(other) === text);
  };
  return [
    `### Every node\n\n${table(edge.filter((row) => isIn(core, row)))}`,
    `### An edge\n\n${table(edge.filter((row) => !isIn(core, row)))}`,
    `### A core\n\n${table(core.filter((row) => !isIn(edge, row)))}`,
  ];
}

function example(name: string, read: ReadExample): string {
  return `\`examples/bootstrap/${name}\`:\n\n\`\`\`yaml file=${name}\n${read(name)}\`\`\`\n`;
}

/** The manual of the configuration files of both programs. */
export function renderConfigurationPage({ node, reconciler }: BootstrapSchemas, read: ReadExample): string {
  return [
    introduction,
    nodeSection,
    ...nodeTables(node),
    example('edge1.yaml', read),
    example('core1.yaml', read),
    reconcilerSection,
    table(rowsOf(reconciler, reconciler)),
    example('fairlead.yaml', read),
    environment,
  ].join('\n');
}
