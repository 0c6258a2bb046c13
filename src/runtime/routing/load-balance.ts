/** A core that can take registrations. */
export interface CoreLoad {
  readonly core: string;
  /** Devices registered through it, over all edges. */
  readonly registrations: number;
  /** Those of them that came through this edge. */
  readonly own: number;
}

/** As `RegistrationFailover` declares them. */
export interface BalanceSettings {
  readonly enabled: boolean;
  /** 1 to 1000. */
  readonly startPercent: number;
  /** 0 to 999, lower than `startPercent`. */
  readonly stopPercent: number;
  readonly minimumRegistrations: number;
}

interface Share {
  readonly core: string;
  /** As last told, and changed by what this edge has moved since. */
  registrations: number;
  /** How many registrations this edge may still move away. */
  quota: number;
}

/**
 * How far the load lies from an even share, in percent: the most that one is above it, and below it. Being below counts because one
 * idle core among many leaves the others only a little above.
 */
function deviationPercent(
  loads: readonly CoreLoad[],
  even: number,
): { readonly above: number; readonly below: number } {
  const most = Math.max(...loads.map(({ registrations }) => registrations));
  const least = Math.min(...loads.map(({ registrations }) => registrations));
  return { above: ((most - even) * 100) / even, below: ((even - least) * 100) / even };
}

/**
 * Decides at an edge which registrations move to another core. It begins when the load is uneven by more than the starting
 * threshold and ends below the lower one, so that chance does not switch it on and off. At each look an edge gets a
 * quota: the part of an overloaded core's excess that came through this edge. The quotas of all edges together are the
 * excess, so they do not overshoot although they do not talk to one another.
 */
export class LoadBalance {
  #shares: readonly Share[] = [];
  #isSteering = false;
  #moved = 0;

  get isSteering(): boolean {
    return this.#isSteering;
  }

  /** Registrations moved so far. */
  get moved(): number {
    return this.#moved;
  }

  /** Looks at the cores that are up and not draining, as often as loads are told. */
  look(loads: readonly CoreLoad[], settings: BalanceSettings): void {
    const total = loads.reduce((sum, { registrations }) => sum + registrations, 0);
    const even = total / loads.length;
    this.#isSteering = this.#decide(loads, even, total, settings);
    this.#shares = loads.map(({ core, registrations, own }) => {
      const excess = Math.max(0, registrations - even);
      return {
        core,
        registrations,
        quota: this.#isSteering ? Math.round((excess * own) / Math.max(1, registrations)) : 0,
      };
    });
  }

  /**
   * The core that a REGISTER should go to instead, or undefined when it stays. `present` is where the device is
   * registered, undefined when it is new.
   */
  elsewhere(present: string | undefined): string | undefined {
    if (!this.#isSteering) return undefined;
    const least = this.#shares.reduce((best, share) => (share.registrations < best.registrations ? share : best));
    const from = this.#shares.find(({ core }) => core === present);
    if (present === undefined) {
      least.registrations += 1;
      return least.core;
    }
    if (from === undefined || from === least || from.quota <= 0) return undefined;
    from.quota -= 1;
    from.registrations -= 1;
    least.registrations += 1;
    this.#moved += 1;
    return least.core;
  }

  #decide(loads: readonly CoreLoad[], even: number, total: number, settings: BalanceSettings): boolean {
    const { enabled, startPercent, stopPercent, minimumRegistrations } = settings;
    if (!enabled || loads.length < 2 || total === 0 || total < minimumRegistrations) return false;
    const { above, below } = deviationPercent(loads, even);
    const threshold = this.#isSteering ? stopPercent : startPercent;
    // Nobody is more than 100 percent below, whatever the thresholds for being above.
    return above > threshold || below > Math.min(threshold, this.#isSteering ? 98 : 99);
  }
}
