import { FairleadError, type ErrorDetail } from '../errors.js';
import type { Kind } from '../model/generated/kinds.js';
import { documentOf, keyOf, newSnapshot, type Resource, type Snapshot } from '../model/snapshot.js';
import { checkResource, parseResource } from '../model/validate.js';

/** A snapshot as it arrives, before anybody looked into it. */
export interface IncomingSnapshot {
  readonly revision: string;
  readonly resources: readonly unknown[];
}

const mostDetails = 50;

function invalid(details: readonly ErrorDetail[]): FairleadError {
  const [first] = details;
  const more = details.length > 1 ? `, and ${details.length - 1} more` : '';
  const message = `${first?.place ?? ''}: ${first?.message ?? ''}${more}`;
  return new FairleadError('resource.invalid', message, { details: details.slice(0, mostDetails) });
}

function detailsOf(value: unknown, place: string): readonly ErrorDetail[] {
  const { problems } = checkResource(value, 'rendered');
  return problems.map(({ pointer, message }) => ({ place: `${place}${pointer}`, message }));
}

function admitResources(values: readonly unknown[]): readonly Resource[] {
  const resources = values.map((value) => checkResource(value, 'rendered').resource);
  const admitted = resources.filter((resource) => resource !== undefined);
  if (admitted.length === values.length) return admitted;
  throw invalid(
    values.flatMap((value, index) => (resources[index] ? [] : detailsOf(value, `/snapshot/resources/${index}`))),
  );
}

function refuseUnsupported(resources: readonly Resource[], kinds: readonly Kind[]): void {
  const details = resources
    .filter(({ kind }) => !kinds.includes(kind))
    .map((resource) => ({ place: keyOf(resource), message: `this node does not implement ${resource.kind}` }));
  if (details.length === 0) return;
  const message = `${details[0]?.place ?? ''}: ${details[0]?.message ?? ''}`;
  throw new FairleadError('node.unsupported', message, { details: details.slice(0, mostDetails) });
}

/**
 * Gives one incoming resource validated and normalized.
 * @throws FairleadError `resource.invalid`, `node.unsupported`
 */
export function admitResource(value: unknown, kinds: readonly Kind[]): Resource {
  const resource = parseResource(value, 'rendered');
  refuseUnsupported([resource], kinds);
  return resource;
}

/**
 * Gives an incoming snapshot validated and normalized.
 * @throws FairleadError `resource.invalid` with every problem, `node.unsupported` for kinds the node does not implement.
 */
export function admitSnapshot({ revision, resources }: IncomingSnapshot, kinds: readonly Kind[]): Snapshot {
  const admitted = admitResources(resources);
  refuseUnsupported(admitted, kinds);
  const snapshot = newSnapshot(revision, admitted);
  const repeated = admitted.length - documentOf(snapshot).resources.length;
  if (repeated === 0) return snapshot;
  throw new FairleadError('node.bad-request', `${repeated} resources of the snapshot have the key of another one`);
}
