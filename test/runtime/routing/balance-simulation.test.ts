import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BalanceSettings, LoadBalance } from '../../../src/runtime/routing/load-balance.js';
import { Registrations } from '../../../src/runtime/sip/registration/registrations.js';
import { FakeClock } from '../../fake-clock.js';

const clients = 10_000;
const refreshSeconds = 600;
const lookSeconds = 10;
const cores = ['core-1', 'core-2', 'core-3'];
const declared: BalanceSettings = { enabled: true, startPercent: 30, stopPercent: 10, minimumRegistrations: 100 };

/** Numbers from 0 to 1 that look like chance and are the same in every run. */
function newChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One edge with its cores; the network between them delivers at once, except to a core that is down. */
class Network {
  readonly #clock = new FakeClock();
  readonly #registrations = new Registrations(this.#clock);
  readonly #balance = new LoadBalance();
  readonly #settings: BalanceSettings;
  readonly #chance = newChance(7);
  readonly #down = new Set<string>();
  readonly #homes: (string | undefined)[] = Array.from({ length: clients }, () => undefined);
  /** How often steering began. */
  starts = 0;

  constructor(settings: BalanceSettings) {
    this.#settings = settings;
  }

  get moved(): number {
    return this.#balance.moved;
  }

  set(core: string, state: 'up' | 'down'): void {
    if (state === 'up') this.#down.delete(core);
    else this.#down.add(core);
  }

  /** The registrations of the core that has the fewest, and of the one that has the most. */
  spread(): readonly [number, number] {
    const counts = this.#up().map((core) => this.#registrations.countOf(core));
    return [Math.min(...counts), Math.max(...counts)];
  }

  run(hours: number): void {
    const looks = (hours * 3600) / lookSeconds;
    for (let look = 0; look < looks; look += 1) this.#step();
  }

  #up(): readonly string[] {
    return cores.filter((core) => !this.#down.has(core));
  }

  #step(): void {
    this.#clock.advance(lookSeconds * 1000);
    this.#registrations.counts();
    const { isSteering: wasSteering } = this.#balance;
    const loads = this.#up().map((core) => {
      const registrations = this.#registrations.countOf(core);
      return { core, registrations, own: registrations };
    });
    this.#balance.look(loads, this.#settings);
    if (!wasSteering && this.#balance.isSteering) this.starts += 1;
    for (let count = (clients * lookSeconds) / refreshSeconds; count > 0; count -= 1) this.#refreshOne();
  }

  /** Clients come and go by chance: one in a thousand refreshes is the last one, and somebody new comes instead. */
  #refreshOne(): void {
    const client = Math.floor(this.#chance() * clients);
    const home = this.#chance() < 0.001 ? undefined : this.#homes[client];
    const present = home !== undefined && !this.#down.has(home) ? home : undefined;
    const up = this.#up();
    const core = this.#balance.elsewhere(present) ?? present ?? up[Math.floor(this.#chance() * up.length)] ?? 'none';
    this.#homes[client] = core;
    this.#registrations.put({
      device: `device-${client}`,
      line: 'line',
      flow: `flow-${client}`,
      peer: core,
      ucNode: 'cucm-1',
      isCapable: true,
      expiresSeconds: refreshSeconds * 3,
    });
  }
}

/** Three days in which a core dies, comes back, and dies again. */
function threeDays(settings: BalanceSettings) {
  const network = new Network(settings);
  network.run(8);
  network.set('core-2', 'down');
  network.run(16);
  const { moved } = network;
  network.set('core-2', 'up');
  network.run(24);
  const afterRecovery = network.moved - moved;
  const spread = network.spread();
  network.set('core-1', 'down');
  network.run(8);
  network.set('core-1', 'up');
  network.run(16);
  return { afterRecovery, spread, lastSpread: network.spread(), moved: network.moved, starts: network.starts };
}

/** What must hold: nobody idle, nobody with everything, no more moves than the two recoveries explain, steering that begins once for each. */
function isCalm({ spread, lastSpread, moved, starts }: ReturnType<typeof threeDays>): boolean {
  const fair = [spread, lastSpread].every(([least, most]) => least > clients / 6 && most < clients / 2);
  return fair && moved < clients && starts <= 4;
}

test('over days, recovered cores get their share once and then nothing moves to and fro', () => {
  const days = threeDays(declared);
  assert.ok(isCalm(days), JSON.stringify(days));
  assert.ok(days.afterRecovery > clients / 6, 'it did move what the recovery asks for');
});

test('without thresholds the same days are not calm, so the simulation would notice', () => {
  const days = threeDays({ ...declared, startPercent: 0, stopPercent: 0 });
  assert.ok(!isCalm(days), JSON.stringify(days));
});
