import { type ErrorDetail, FairleadError } from '../../errors.js';
import { type Declaration, keyOf, newSnapshot, type Resource, type Snapshot } from '../../model/snapshot.js';
import type { Secret } from '../../platform/secret.js';
import type { ResolvedDeclaration, SecretResolver } from '../pass.js';
import { type Fingerprinter, openFingerprinter } from './fingerprint-key.js';
import { placeOf, referencesIn, type SecretReference, withFingerprints } from './secret-reference.js';
import { type SecretReading, SecretStore, type SecretStoreOptions } from './secret-store.js';

export interface SecretResolverOptions extends SecretStoreOptions {
  /** Where the fingerprint keys are kept. */
  readonly stateDir: string;
  /** What a reference without a value does: it refuses the declaration, or is marked in it, for plans that are only looked at. */
  readonly unresolved: 'refuse' | 'mark';
}

/** Stands in place of a fingerprint that is not known; no value has it. */
export const unknownFingerprint = 'unknown';

interface ReadReference {
  readonly resource: Resource;
  readonly reference: SecretReference;
  readonly reading: SecretReading;
}

async function readAll(
  declaration: Declaration,
  store: SecretStore,
  signal: AbortSignal,
): Promise<readonly ReadReference[]> {
  const read: ReadReference[] = [];
  for (const resource of declaration.resources.values()) {
    for (const reference of referencesIn(resource)) {
      signal.throwIfAborted();
      read.push({ resource, reference, reading: await store.read(reference) });
    }
  }
  return read;
}

function refuseUnresolved(declaration: Declaration, read: readonly ReadReference[]): void {
  const details = read.flatMap(({ resource, reference, reading }): readonly ErrorDetail[] => {
    if (reading.state === 'found') return [];
    return [{ place: placeOf(declaration, resource, reference), message: reading.message }];
  });
  const [first] = details;
  if (first === undefined) return;
  const code = read.some(({ reading }) => reading.state === 'refused') ? 'secret.refused' : 'secret.unresolved';
  const more = details.length > 1 ? `, and ${details.length - 1} more` : '';
  throw new FairleadError(code, `${first.place}: ${first.message}${more}`, { details });
}

/** A declaration with other resources under the same keys; the same object when all of them are the same. */
function withResources(declaration: Declaration, change: (resource: Resource) => Resource): Declaration {
  const resources = [...declaration.resources.values()].map((resource) => [resource, change(resource)] as const);
  if (resources.every(([before, after]) => before === after)) return declaration;
  return {
    ...declaration,
    resources: newSnapshot(
      '',
      resources.map(([, after]) => after),
    ).resources,
  };
}

/** What stands for the value of a reference. */
function markOf({ reading }: ReadReference, fingerprint: Fingerprinter): string {
  return reading.state === 'found' ? fingerprint(reading.secret.reveal()) : unknownFingerprint;
}

function fill(declaration: Declaration, read: readonly ReadReference[], marks: readonly string[]): ResolvedDeclaration {
  const secrets = new Map<string, Secret>();
  const places = new Map<Resource, Map<string, string>>();
  for (const [index, { resource, reference, reading }] of read.entries()) {
    const mark = marks[index] ?? unknownFingerprint;
    if (reading.state === 'found') secrets.set(mark, reading.secret);
    places.set(resource, (places.get(resource) ?? new Map<string, string>()).set(reference.pointer, mark));
  }
  const filled = withResources(declaration, (resource) =>
    withFingerprints(resource, places.get(resource) ?? new Map()),
  );
  return { declaration: filled, secrets };
}

/**
 * Makes what finds the values behind the references of a declaration. Values are read anew each time; the same declaration
 * with the same values gives the very same object, so that nothing downstream is worked out again.
 * @throws FairleadError `secret.unresolved` or `secret.refused` with a detail per reference, `state.storage`, `state.damaged`
 */
export function newSecretResolver(options: SecretResolverOptions): SecretResolver {
  const store = new SecretStore(options);
  const fingerprinters = new Map<string, Fingerprinter>();
  const known = new WeakMap<
    Declaration,
    { readonly marks: readonly string[]; readonly resolved: ResolvedDeclaration }
  >();
  return async (declaration, signal) => {
    const { cluster } = declaration;
    const read = await readAll(declaration, store, signal);
    if (options.unresolved === 'refuse') refuseUnresolved(declaration, read);
    const fingerprint = fingerprinters.get(cluster) ?? (await openFingerprinter(options.stateDir, cluster));
    fingerprinters.set(cluster, fingerprint);
    const marks = read.map((one) => markOf(one, fingerprint));
    const before = known.get(declaration);
    if (before?.marks.every((mark, index) => mark === marks[index]) === true) return before.resolved;
    const resolved = fill(declaration, read, marks);
    known.set(declaration, { marks, resolved });
    return resolved;
  };
}

function identityOf({ key, pointer, from, name }: SecretReference & { readonly key: string }): string {
  return JSON.stringify([key, pointer, from, name]);
}

/**
 * A declaration as it would be with secrets that nobody changed, for a plan where they are not at hand: a reference has the
 * fingerprint that a node has for the very same reference, and `unknownFingerprint` where none has, which shows as a change.
 */
export function assumeFingerprints(declaration: Declaration, observed: readonly Snapshot[]): Declaration {
  const held = new Map<string, string>();
  for (const resource of observed.flatMap(({ resources }) => [...resources.values()]))
    for (const reference of referencesIn(resource))
      if (reference.fingerprint !== undefined)
        held.set(identityOf({ ...reference, key: keyOf(resource) }), reference.fingerprint);
  return withResources(declaration, (resource) => {
    const key = keyOf(resource);
    const marks = referencesIn(resource).map((reference) => {
      return [reference.pointer, held.get(identityOf({ ...reference, key })) ?? unknownFingerprint] as const;
    });
    return withFingerprints(resource, new Map(marks));
  });
}
