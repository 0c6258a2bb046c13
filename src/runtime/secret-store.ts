import { FairleadError, type ErrorDetail } from '../errors.js';
import { fingerprintsOf } from '../model/fingerprints.js';
import type { Snapshot } from '../model/snapshot.js';
import { Secret } from '../platform/secret.js';
import type { SecretLookup } from './participant.js';

/** Secret values by fingerprint. */
export type SecretValues = ReadonlyMap<string, Secret>;

/** The fingerprints that the references of a snapshot carry, each with the first place that does. */
function placesIn(snapshot: Snapshot): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const [key, resource] of snapshot.resources) {
    for (const [pointer, fingerprint] of fingerprintsOf(resource)) {
      if (!places.has(fingerprint)) places.set(fingerprint, `${key}${pointer}`);
    }
  }
  return places;
}

/** Those of the secrets that the references of a snapshot name. */
export function secretsFor(snapshot: Snapshot, secrets: SecretValues): SecretValues {
  const wanted = placesIn(snapshot);
  return new Map([...secrets].filter(([fingerprint]) => wanted.has(fingerprint)));
}

function refuseUnasked(wanted: ReadonlyMap<string, string>, delivered: SecretValues): void {
  const unasked = [...delivered.keys()].filter((fingerprint) => !wanted.has(fingerprint));
  if (unasked.length === 0) return;
  throw new FairleadError('node.bad-request', `${unasked.length} secrets were delivered that no reference names`);
}

/**
 * The secrets a snapshot needs, out of what was delivered with it and what the node holds already.
 * @throws FairleadError `secret.unresolved` naming each reference without a value, `node.bad-request` for a value nobody asked for.
 */
export function secretsDelivered(snapshot: Snapshot, delivered: SecretValues, held: SecretValues): SecretValues {
  const wanted = placesIn(snapshot);
  refuseUnasked(wanted, delivered);
  const all = new Map([...held, ...delivered]);
  const details = [...wanted]
    .filter(([fingerprint]) => !all.has(fingerprint))
    .map(([, place]): ErrorDetail => ({ place, message: 'the value of this reference was not delivered' }));
  if (details.length > 0) {
    throw new FairleadError('secret.unresolved', `${details.length} secrets were not delivered`, {
      details,
      mend: 'Deliver the values beside the snapshot, by the fingerprints it carries.',
    });
  }
  return secretsFor(snapshot, all);
}

/** Wraps values as they arrive, so that nothing prints them. */
export function secretValues(values: Readonly<Record<string, string>>): SecretValues {
  return new Map(Object.entries(values).map(([fingerprint, value]) => [fingerprint, new Secret(value)]));
}

/** Gives participants the values of one revision. */
export function newSecretLookup(secrets: SecretValues): SecretLookup {
  return {
    reveal: (fingerprint, place) => {
      const secret = fingerprint === undefined ? undefined : secrets.get(fingerprint);
      if (secret !== undefined) return secret;
      throw new FairleadError('secret.unresolved', `the node holds no value for the reference at ${place}`);
    },
  };
}
