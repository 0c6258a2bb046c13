import { isRecord } from '../../model/json.js';
import { type ApplianceResource, type ApplianceWrite, applianceSuccess } from './contract.js';

/** A write as the appliance carries it out. */
export type ApplianceChange =
  | { readonly action: 'create'; readonly kind: string; readonly name: string; readonly write: ApplianceWrite }
  | { readonly action: 'delete'; readonly kind: string; readonly name: string };

function withoutFingerprints(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutFingerprints);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([name]) => name !== 'fingerprint');
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutFingerprints(member)]));
}

/** The resources of an appliance by kind and name; each change has its effect alone, and says in words how it went. */
export class ApplianceStore {
  readonly #kinds: readonly string[];
  readonly #resources = new Map<string, ApplianceResource>();
  readonly #secrets = new Map<string, Readonly<Record<string, string>>>();

  constructor(kinds: readonly string[]) {
    this.#kinds = kinds;
  }

  get kinds(): readonly string[] {
    return this.#kinds;
  }

  /** In the order they were created, without secrets. */
  list(): readonly ApplianceResource[] {
    return [...this.#resources.values()];
  }

  find(kind: string, name: string): ApplianceResource | undefined {
    return this.#resources.get(`${kind}/${name}`);
  }

  /** Secret values that were delivered with a resource, by fingerprint; the wire never shows them. */
  secretsOf(kind: string, name: string): Readonly<Record<string, string>> {
    return this.#secrets.get(`${kind}/${name}`) ?? {};
  }

  /** Gives the message of the answer; anything but `applianceSuccess` had no effect. */
  apply(change: ApplianceChange): string {
    return change.action === 'create' ? this.#create(change) : this.#delete(change);
  }

  #create({ kind, name, write }: Extract<ApplianceChange, { action: 'create' }>): string {
    const key = `${kind}/${name}`;
    if (!this.#kinds.includes(kind)) return `Unknown kind ${kind}`;
    if (this.#resources.has(key)) return `${kind} name already exists`;
    const { annotations, spec, secrets } = write;
    const resource = {
      kind,
      name,
      ...(annotations === undefined ? {} : { annotations }),
      spec: withoutFingerprints(spec),
    };
    this.#resources.set(key, resource);
    this.#secrets.set(key, secrets ?? {});
    return applianceSuccess;
  }

  #delete({ kind, name }: Extract<ApplianceChange, { action: 'delete' }>): string {
    const key = `${kind}/${name}`;
    this.#secrets.delete(key);
    return this.#resources.delete(key) ? applianceSuccess : `${kind} ${name} does not exist`;
  }
}
