import type { Clock } from '../../../platform/clock.js';
import type { GrantDesk } from '../../grants/grant-desk.js';
import { openGrant } from '../../grants/grant-keys.js';
import type { StatementVerifier } from '../../statement-keys.js';
import type { MemoryRevocations } from '../memory-revocations.js';
import { newsFields, type NewsEntry, readNewsEntries, type StoreNews } from './news-entry.js';
import type { SharedPart } from './shared-part.js';
import type { StoreSession } from './store-session.js';

export interface SharedNewsParts {
  readonly clock: Clock;
  readonly prefix: string;
  /** Of this run of this core: what it wrote itself is nothing new to it. */
  readonly instance: string;
  readonly revocations: MemoryRevocations;
  readonly grants: GrantDesk;
  /** The keys of all cores: the store is not believed, only whom they sign for. */
  readonly keys: StatementVerifier;
}

/** Entries that the store keeps; a core that is away for longer misses the oldest. */
const mostEntries = 200_000;
const keptMs = 8 * 86_400_000;
const entriesPerRead = 500;
/** Reads of one tick: so many signatures are checked before other work has its turn. */
const readsPerTick = 4;
const mostUntold = 10_000;

/** What cores tell each other through the store, read regularly and never waited for: revocations, and grants of devices. */
export class SharedNews implements SharedPart {
  readonly #parts: SharedNewsParts;
  readonly #key: string;
  #last = '0';
  #untold: StoreNews[] = [];

  constructor(parts: SharedNewsParts) {
    this.#parts = parts;
    this.#key = `${parts.prefix}news`;
    parts.revocations.onRevoked((revocation) => this.#keepUntold({ type: 'revoked', ...revocation }));
    parts.grants.onNews((news) => {
      if (news.type === 'issued') this.#keepUntold({ type: 'granted', grant: news.grant });
    });
  }

  onUp(session: StoreSession): Promise<void> {
    return this.tick(session);
  }

  /** The store has lost what it knew, or is another one: tells it everything that still holds. */
  async retell(session: StoreSession): Promise<void> {
    const { revocations, grants } = this.#parts;
    this.#last = '0';
    this.#untold = [
      ...[...revocations.all()].map((revocation) => ({ type: 'revoked', ...revocation }) as const),
      ...grants.all().map((grant) => ({ type: 'granted', grant }) as const),
    ];
    await this.tick(session);
  }

  async tick(session: StoreSession): Promise<void> {
    await this.#tellAll(session);
    for (let reads = 0; reads < readsPerTick; reads += 1) {
      if ((await this.#read(session)) < entriesPerRead) return;
    }
  }

  #keepUntold(news: StoreNews): void {
    this.#untold.push(news);
    if (this.#untold.length > mostUntold) this.#untold.shift();
  }

  /** What cannot be told now is kept for later. */
  async #tellAll(session: StoreSession): Promise<void> {
    while (this.#untold.length > 0) {
      const batch = this.#untold.splice(0, entriesPerRead);
      const told = await Promise.all(batch.map((news) => this.#tell(session, news)));
      const failed = batch.filter((_, index) => told[index] !== true);
      this.#untold = [...failed, ...this.#untold].slice(-mostUntold);
      if (failed.length > 0) return;
    }
    await session.send(['PEXPIRE', this.#key, keptMs], isReply)?.catch(() => undefined);
  }

  async #tell(session: StoreSession, news: StoreNews): Promise<boolean> {
    const fields = newsFields(news, this.#parts.instance);
    const reply = session.send(['XADD', this.#key, 'MAXLEN', '~', mostEntries, '*', ...fields], isReply);
    return (await reply?.catch(() => false)) === true;
  }

  /** The number of entries that were new. */
  async #read(session: StoreSession): Promise<number> {
    const reply = session.send(['XREAD', 'COUNT', entriesPerRead, 'STREAMS', this.#key, this.#last], readNewsEntries);
    const entries = (await reply?.catch(() => [])) ?? [];
    for (const entry of entries) this.#learn(entry);
    this.#last = entries.at(-1)?.id ?? this.#last;
    return entries.length;
  }

  #learn({ news, by }: NewsEntry): void {
    const { clock, grants, instance, keys, revocations } = this.#parts;
    if (news === undefined || by === instance) return;
    if (news.type === 'revoked') {
      // A clock that is ahead, or a store that lies, must not revoke what is yet to be given.
      const revocation = { subject: news.subject, epochMs: Math.min(news.epochMs, clock.nowMs()) };
      revocations.learn(revocation);
      grants.learnRevocation(revocation.subject, revocation.epochMs);
      return;
    }
    const grant = openGrant(news.grant, keys, clock.nowMs());
    if (grant !== undefined) grants.learnGrant(news.grant, grant);
  }
}

function isReply(answer: unknown): true | undefined {
  return answer === undefined || answer === null ? undefined : true;
}
