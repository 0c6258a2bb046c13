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
  /** Another core took back what was granted to the user until a time of the wall clock; now, when it does not say. */
  learnRevocation(subject: string, epochMs?: number): void;
  /** Keeps a grant of another core, whose signature was checked, for edges that come back. */
  learnGrant(text: string, grant: DeviceGrant): void;
  isRevoked(grant: DeviceGrant): boolean;
  /** The grants that are still good. */
  all(): readonly string[];
  /** The listener must not throw. */
  onNews(listener: (news: GrantNews) => void): void;
}

interface Issued {
  readonly grant: string;
  /** Undefined for one of another core: that the edges of this one have it is not certain. */
  readonly names: string | undefined;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export function newGrantDesk(signer: StatementSigner, clock: Clock): GrantDesk {
  const issued = newBoundedMap<Issued>(mostUsers);
  const revokedAtMs = newBoundedMap<number>(mostUsers);
  const listeners: ((news: GrantNews) => void)[] = [];
  const tell = (news: GrantNews): void => {
    for (const listener of listeners) listener(news);
  };
  const isRevoked = ({ subject, issuedAtMs }: DeviceGrant) => issuedAtMs <= (revokedAtMs.peek(subject) ?? -1);
  function learnRevocation(subject: string, epochMs = clock.nowMs()): void {
    if ((issued.peek(subject)?.issuedAtMs ?? 0) <= epochMs) issued.delete(subject);
    revokedAtMs.set(subject, Math.max(epochMs, revokedAtMs.peek(subject) ?? 0));
  }
  return {
    issue(subject, names, expiresAtMs) {
      const issuedAtMs = Math.trunc(clock.nowMs());
      const known = [...new Set(names.flatMap((name) => grantName(name) ?? []))].slice(0, mostNames);
      const before = issued.peek(subject);
      if (known.length === 0 || expiresAtMs <= issuedAtMs) return;
      if (before?.names === known.join('\n') && before.expiresAtMs >= expiresAtMs) return;
      const grant = signGrant({ subject, names: known, issuedAtMs, expiresAtMs: Math.trunc(expiresAtMs) }, signer);
      issued.set(subject, { grant, names: known.join('\n'), issuedAtMs, expiresAtMs });
      tell({ type: 'issued', grant });
    },
    revoke(subject) {
      learnRevocation(subject);
      tell({ type: 'revoked', subject });
    },
    learnRevocation,
    learnGrant(text, grant) {
      const { subject, issuedAtMs, expiresAtMs } = grant;
      const before = issued.peek(subject)?.issuedAtMs ?? 0;
      if (isRevoked(grant) || before >= issuedAtMs) return;
      issued.set(subject, { grant: text, names: undefined, issuedAtMs, expiresAtMs });
    },
    isRevoked,
    all() {
      const nowMs = clock.nowMs();
      return [...issued.entries()].flatMap(([, { grant, expiresAtMs }]) => (expiresAtMs > nowMs ? grant : []));
    },
    onNews: (listener) => void listeners.push(listener),
  };
}
