import type { LabPhone } from '../src/lab/sip/phone/lab-phone.js';
import type { SipControl } from '../src/lab/sip/registrar/sip-control.js';
import type { Clock } from '../src/platform/clock.js';

/** When a call from the UC side reached a phone again. */
export interface Reached {
  readonly afterMs: number;
  /** Whether the first call reached it: it was never lost. */
  readonly atOnce: boolean;
  /** Since the phone knew that it was lost; undefined when it was seen to be lost at no look. */
  readonly afterLossMs: number | undefined;
}

const callsAtOnce = 10;
const callEveryMs = 200;
const lookEveryMs = 10;

/** Calls phones from the UC side, one after another or again and again. */
export class CallPatrol {
  constructor(
    private readonly sip: SipControl,
    private readonly clock: Clock,
  ) {}

  /** Calls each phone once; gives how many were not reached. */
  async callAll(phones: readonly LabPhone[]): Promise<number> {
    const left = [...phones];
    let failed = 0;
    const work = async () => {
      for (let phone = left.pop(); phone !== undefined; phone = left.pop())
        if (!(await this.#reaches(phone))) failed += 1;
    };
    await Promise.all(Array.from({ length: callsAtOnce }, work));
    return failed;
  }

  /** Calls each phone until it answers, for so long at most; milliseconds count from `startMs`. */
  async untilReached(
    phones: readonly LabPhone[],
    startMs: number,
    limitMs: number,
  ): Promise<ReadonlyMap<LabPhone, Reached>> {
    const [reached, lostAtMs] = [new Map<LabPhone, Reached>(), new Map<LabPhone, number>()];
    const isOver = () => reached.size === phones.length || this.clock.monotonicMs() - startMs > limitMs;
    const watch = async () => {
      while (!isOver()) {
        for (const phone of phones) {
          if (!phone.isRegistered && !lostAtMs.has(phone)) lostAtMs.set(phone, this.clock.monotonicMs());
        }
        await this.clock.sleep(lookEveryMs);
      }
    };
    const call = async (phone: LabPhone) => {
      for (let calls = 1; !isOver(); calls += 1) {
        if (await this.#reaches(phone)) {
          const nowMs = this.clock.monotonicMs();
          const lostMs = lostAtMs.get(phone);
          const afterLossMs = lostMs === undefined ? undefined : nowMs - lostMs;
          reached.set(phone, { afterMs: nowMs - startMs, atOnce: calls === 1, afterLossMs });
          return;
        }
        await this.clock.sleep(callEveryMs);
      }
    };
    await Promise.all([watch(), ...phones.map(call)]);
    return reached;
  }

  async #reaches({ device }: LabPhone): Promise<boolean> {
    // A registration that has expired meanwhile is no error here: its phone is not back yet.
    const call = await this.sip.call(device).catch(() => undefined);
    if (call?.state !== 'answered') return false;
    await this.sip.hangUp(call.id);
    return true;
  }
}
