import type { Clock } from '../../platform/clock.js';
import { newBoundedMap } from '../store/bounded-map.js';
import type { StatementSigner } from '../statement-keys.js';
import { type DeviceGrant, grantName, mostNames } from './device-grant.js';
import { signGrant } from './grant-keys.js';

/** Users whose grants a core can give again to an edge that comes back. */
const mostUsers = 100_000;

/** What becomes of the grants of a user. */
export type GrantNews =
  | { readonly type: 'issued'; readonly grant: string }
  | { readonly type: 'revoked'; readonly subject: string };

/** Where a core gives grants to the users who signed in, for the edges to keep. */
export interface GrantDesk {
  /** Grants the devices of a user, and the user id, until a time of the wall clock. Names that are none are left out. */
  issue(subject: string, names: readonly string[], expiresAtMs: number): void;
  /** Takes back what was granted to the user so far, by any core. */
  revoke(subject: string): void;
  /** Another core took back what was granted to the user so far. */
  learnRevocation(subject: string): void;
  isRevoked(grant: DeviceGrant): boolean;
  /** The grants that are still good. */
  all(): readonly string[];
  /** The listener must not throw. */
  onNews(listener: (news: GrantNews) => void): void;
}

interface Issued {
  readonly grant: string;
  readonly names: string;
  readonly expiresAtMs: number;
}

export function newGrantDesk(signer: StatementSigner, clock: Clock): GrantDesk {
  const issued = newBoundedMap<Issued>(mostUsers);
  const revokedAtMs = newBoundedMap<number>(mostUsers);
  const listeners: ((news: GrantNews) => void)[] = [];
  const tell = (news: GrantNews): void => {
    for (const listener of listeners) listener(news);
  };
  function learnRevocation(subject: string): void {
    issued.delete(subject);
    revokedAtMs.set(subject, clock.nowMs());
  }
  return {
    issue(subject, names, expiresAtMs) {
      const issuedAtMs = Math.trunc(clock.nowMs());
      const known = [...new Set(names.flatMap((name) => grantName(name) ?? []))].slice(0, mostNames);
      const before = issued.peek(subject);
      if (known.length === 0 || expiresAtMs <= issuedAtMs) return;
      if (before?.names === known.join('\n') && before.expiresAtMs >= expiresAtMs) return;
      const grant = signGrant({ subject, names: known, issuedAtMs, expiresAtMs: Math.trunc(expiresAtMs) }, signer);
      issued.set(subject, { grant, names: known.join('\n'), expiresAtMs });
      tell({ type: 'issued', grant });
    },
    revoke(subject) {
      learnRevocation(subject);
      tell({ type: 'revoked', subject });
    },
    learnRevocation,
    isRevoked: ({ subject, issuedAtMs }) => issuedAtMs <= (revokedAtMs.peek(subject) ?? -1),
    all() {
      const nowMs = clock.nowMs();
      return [...issued.entries()].flatMap(([, { grant, expiresAtMs }]) => (expiresAtMs > nowMs ? grant : []));
    },
    onNews: (listener) => void listeners.push(listener),
  };
}
