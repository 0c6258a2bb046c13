import type { Kind } from '../model/generated/kinds.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Secret } from '../platform/secret.js';

/** Gives the value of a secret by the fingerprint that a rendered snapshot carries. */
export interface SecretLookup {
  /** @throws FairleadError `secret.unresolved` when it was not delivered. */
  reveal(fingerprint: string | undefined, place: string): Secret;
}

/**
 * A part that is ready to serve one snapshot. It may be switched to more than once: a revert activates the previous one
 * again without preparing it, so that nothing outside the node can make a revert fail.
 */
export interface Prepared {
  /** Switches over in one synchronous step that cannot fail; what serves now stays ready to be activated again. */
  activate(): void;
  /** Frees what `prepare` took, after the requests that still use it; called once, when it will never serve (again). */
  release(): Promise<void>;
}

/** A part of a node whose behaviour follows the snapshot. */
export interface Participant {
  readonly name: string;
  /** The kinds it implements; a node advertises the union. */
  readonly kinds: readonly Kind[];
  /** Does everything that can fail, and changes nothing that serves. */
  prepare(next: Snapshot, secrets: SecretLookup, signal: AbortSignal): Promise<Prepared>;
}
