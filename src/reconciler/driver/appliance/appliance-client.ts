import { FairleadError } from '../../../errors.js';
import { fingerprintsOf } from '../../../model/fingerprints.js';
import type { Kind } from '../../../model/generated/kinds.js';
import { isRecord } from '../../../model/json.js';
import { isKind } from '../../../model/kinds.js';
import { newSnapshot } from '../../../model/snapshot.js';
import type { Resource, Snapshot } from '../../../model/snapshot.js';
import { parseResource } from '../../../model/validate.js';
import type { Secret } from '../../../platform/secret.js';
import type { HttpsAnswer, HttpsClient, HttpsRequest } from '../https-client.js';

/** The only message of a write that took effect; every other one comes with status 200 as well. */
const success = 'The operation was successful';
const limitMs = 15_000;

/** Values by fingerprint. */
export type SecretValues = ReadonlyMap<string, Secret>;

function pathOf({ kind, metadata }: Resource): string {
  return `/api/resources/${encodeURIComponent(kind)}/${encodeURIComponent(metadata.name)}`;
}

function secretsOf(resource: Resource, secrets: SecretValues): Readonly<Record<string, string>> {
  const fingerprints = [...fingerprintsOf(resource).values()];
  return Object.fromEntries(fingerprints.map((one) => [one, secrets.get(one)?.reveal() ?? '']));
}

function readResource(value: unknown, name: string): Resource {
  if (!isRecord(value))
    throw new FairleadError('node.malformed-answer', `${name} answered with something that is not a resource`);
  const annotations = value['annotations'] === undefined ? {} : { annotations: value['annotations'] };
  const metadata = { name: value['name'], ...annotations };
  const { kind, spec } = value;
  return parseResource({ apiVersion: 'fairlead.dev/v1', kind, metadata, spec }, 'rendered');
}

/** The interface of one appliance: single writes whose answers prove nothing. */
export class ApplianceClient {
  readonly #name: string;
  readonly #client: HttpsClient;

  constructor(name: string, client: HttpsClient) {
    this.#name = name;
    this.#client = client;
  }

  /** The kinds it takes, as far as we know them. */
  async kinds(signal: AbortSignal): Promise<readonly Kind[]> {
    const { body } = this.#good(await this.#ask({ method: 'GET', path: '/api/status' }, signal));
    const kinds: readonly unknown[] = isRecord(body) && Array.isArray(body['kinds']) ? body['kinds'] : [];
    return kinds.flatMap((kind) => (typeof kind === 'string' && isKind(kind) ? [kind] : []));
  }

  /** Everything it holds; secrets have no fingerprint. */
  async readAll(signal: AbortSignal): Promise<Snapshot> {
    const { body } = this.#good(await this.#ask({ method: 'GET', path: '/api/resources' }, signal));
    if (!Array.isArray(body))
      throw new FairleadError('node.malformed-answer', `${this.#name} answered with something that is not a list`);
    const list: readonly unknown[] = body;
    return newSnapshot(
      '',
      list.map((one) => readResource(one, this.#name)),
    );
  }

  /** The resource with the same key as it is held now. */
  async read(resource: Resource, signal: AbortSignal): Promise<Resource | undefined> {
    const answer = await this.#ask({ method: 'GET', path: pathOf(resource) }, signal);
    return answer.status === 404 ? undefined : readResource(this.#good(answer).body, this.#name);
  }

  /** Undefined when it says that it was done, else what it says; only reading back shows whether it was. */
  async create(resource: Resource, secrets: SecretValues, signal: AbortSignal): Promise<string | undefined> {
    const { annotations } = resource.metadata;
    const body = {
      spec: resource.spec,
      ...(annotations === undefined ? {} : { annotations }),
      secrets: secretsOf(resource, secrets),
    };
    return this.#write({ method: 'POST', path: pathOf(resource), body }, signal);
  }

  async delete(resource: Resource, signal: AbortSignal): Promise<string | undefined> {
    return this.#write({ method: 'DELETE', path: pathOf(resource) }, signal);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #write(request: Omit<HttpsRequest, 'limitMs'>, signal: AbortSignal): Promise<string | undefined> {
    const { status, body } = await this.#ask(request, signal);
    const message = isRecord(body) && typeof body['message'] === 'string' ? body['message'] : `HTTP status ${status}`;
    return status === 200 && message === success ? undefined : message;
  }

  #ask(request: Omit<HttpsRequest, 'limitMs'>, signal: AbortSignal): Promise<HttpsAnswer> {
    return this.#client.ask({ ...request, limitMs }, signal);
  }

  #good(answer: HttpsAnswer): HttpsAnswer {
    if (answer.status === 200) return answer;
    const code = answer.status === 401 ? 'node.unauthenticated' : 'node.unreachable';
    throw new FairleadError(code, `${this.#name} answered with HTTP status ${answer.status}`);
  }
}
