interface ProblemDefinition {
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** What an author of the repository does about it. */
  readonly mend: string;
}

function define<const T extends Readonly<Record<string, ProblemDefinition>>>(definitions: T): T {
  return definitions;
}

/** Every problem a repository can have; `docs/errors.md` is generated from it. */
export const problemDefinitions = define({
  // Files
  'file.symlink': { meaning: 'A symbolic link is never followed.', mend: 'Put the content there, or use a base.' },
  'file.submodule': { meaning: 'A submodule is never read.', mend: 'Put its files into this repository.' },
  'file.path': { meaning: 'The name of a file cannot be shown safely.', mend: 'Rename it in printable UTF-8.' },
  'file.too-large': { meaning: 'The file is beyond the size limit.', mend: 'Split it.' },
  'file.too-many': { meaning: 'There are more files than the limit.', mend: 'Narrow the sub-path of the source.' },
  'file.not-utf8': { meaning: 'The file is not valid UTF-8.', mend: 'Save it as UTF-8.' },
  'file.unused': {
    meaning: 'The file belongs to no cluster and to no base, so it has no effect.',
    mend: 'Move it below the directory of a cluster, or name its directory in Cluster spec.bases.',
  },
  // YAML
  'yaml.syntax': { meaning: 'The text is not valid YAML 1.2.', mend: 'Correct the syntax.' },
  'yaml.duplicate-key': { meaning: 'A key stands twice in one mapping.', mend: 'Remove one of the two.' },
  'yaml.key-not-text': { meaning: 'A key is not text.', mend: 'Put the key in quotes.' },
  'yaml.unknown-tag': { meaning: 'A tag is not known.', mend: 'Remove the tag.' },
  'yaml.unknown-alias': {
    meaning: 'An alias names no anchor before it.',
    mend: 'Define the anchor, or correct the name.',
  },
  'yaml.too-many-aliases': { meaning: 'A document uses more aliases than the limit.', mend: 'Write the values out.' },
  'yaml.expansion': {
    meaning: 'A document holds more values than the limit, its aliases written out, or an alias contains itself.',
    mend: 'Write the values out.',
  },
  'yaml.too-deep': {
    meaning: 'A document is nested deeper than the limit.',
    mend: 'Flatten it; no kind is that deep.',
  },
  'yaml.too-long': { meaning: 'A file has more parts than the limit.', mend: 'Split the file.' },
  'yaml.merge': { meaning: 'A merge key does not hold a mapping.', mend: 'Merge mappings only.' },
  'yaml.number': {
    meaning: 'A number cannot be kept exactly.',
    mend: 'Put it in quotes when it is a name or a version; write fewer digits when it is a number.',
  },
  // Schema
  'schema.api-version': { meaning: 'The apiVersion is not one that is read.', mend: 'Write fairlead.dev/v1.' },
  'schema.unknown-kind': { meaning: 'There is no such kind.', mend: 'Correct the kind.' },
  'schema.unknown-field': { meaning: 'There is no such field.', mend: 'Correct the name, or remove the field.' },
  'schema.missing-field': { meaning: 'A required field is not there.', mend: 'Add the field.' },
  'schema.type': { meaning: 'A value has the wrong type.', mend: 'Write a value of the type.' },
  'schema.value': { meaning: 'A value is not one of those allowed.', mend: 'Write one of the allowed values.' },
  'schema.range': { meaning: 'A number is out of its range.', mend: 'Write a number within the range.' },
  'schema.length': { meaning: 'A text or list is too short or too long.', mend: 'Stay within the limits.' },
  'schema.pattern': { meaning: 'A text does not have the required form.', mend: 'Write it in the form.' },
  'schema.format': { meaning: 'A text is not what its format says.', mend: 'Write it in the format.' },
  'schema.not-unique': { meaning: 'A list holds an item twice.', mend: 'Remove one of the two.' },
  'schema.combination': { meaning: 'Fields stand together in a way that is not allowed.', mend: 'Choose as allowed.' },
  // Resources of a cluster
  'resource.duplicate': { meaning: 'A resource is written twice in a cluster.', mend: 'Remove one of the two.' },
  'resource.name': {
    meaning: 'A kind of which a cluster has one takes the name default only.',
    mend: 'Name it default.',
  },
  'resource.fixed-set': { meaning: 'A fixed set has no such member.', mend: 'Name one of its members.' },
  'resource.reference': {
    meaning: 'A reference names something that is not there.',
    mend: 'Declare it, or correct it.',
  },
  'resource.overlap': { meaning: 'Two address ranges overlap.', mend: 'Remove or narrow one of the two.' },
  'resource.tls-address': {
    meaning: 'A server is named by an IP address while its certificate is verified.',
    mend: 'Name it by the FQDN in its certificate.',
  },
  'resource.fingerprint': {
    meaning: 'The fingerprint of a secret stands in Git, where only the reconciler puts it.',
    mend: 'Remove the fingerprint.',
  },
  // Clusters and bases
  'cluster.duplicate': { meaning: 'Two directories declare clusters of one name.', mend: 'Rename one of the two.' },
  'cluster.several': { meaning: 'A directory declares more than one cluster.', mend: 'Give each its own directory.' },
  'base.unknown': { meaning: 'A base is not a directory with documents.', mend: 'Correct the path.' },
  'base.cycle': { meaning: 'Bases inherit from one another in a circle.', mend: 'Remove one step of the circle.' },
  'base.too-deep': { meaning: 'Bases inherit over more steps than the limit.', mend: 'Name the last base directly.' },
});

/** Code of a problem, `area.name`; codes are never renamed. */
export type ProblemCode = keyof typeof problemDefinitions;

/** Tells whether a text is one of our codes. */
export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(problemDefinitions, text);
}
