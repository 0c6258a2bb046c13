import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Binding, Registrations } from '../../../../src/runtime/sip/registration/registrations.js';
import { FakeClock } from '../../../fake-clock.js';

const phone: Binding = {
  device: 'CSFADA',
  line: 'sip:1001@example.com',
  flow: 'flow-1',
  peer: 'core-1',
  ucNode: 'cucm-1',
  isCapable: true,
  expiresSeconds: 120,
};

function newStore() {
  const clock = new FakeClock();
  const registrations = new Registrations(clock);
  return { clock, registrations };
}

test('a device counts once, however many lines it has, until its last line is gone', () => {
  const { registrations } = newStore();
  assert.equal(registrations.put(phone), true);
  assert.equal(registrations.put({ ...phone, line: 'sip:1002@example.com' }), false);
  assert.deepEqual(registrations.counts(), { current: 1, peak: 1 });
  registrations.remove('CSFADA', phone.line);
  assert.equal(registrations.counts().current, 1);
  registrations.remove('CSFADA', 'sip:1002@example.com');
  assert.deepEqual(registrations.counts(), { current: 0, peak: 1 });
});

test('a registration that is not refreshed ends by itself, and a refreshed one does not', () => {
  const { clock, registrations } = newStore();
  registrations.put(phone);
  registrations.put({ ...phone, device: 'CSFBOB' });
  clock.advance(100_000);
  registrations.put(phone);
  clock.advance(21_000);
  assert.equal(registrations.counts().current, 1);
  assert.equal(registrations.counts().current, 1);
  clock.advance(100_000);
  assert.deepEqual(registrations.counts(), { current: 0, peak: 2 });
});

test('a device that registers over another flow is there and no longer here', () => {
  const { registrations } = newStore();
  registrations.put(phone);
  registrations.put({ ...phone, flow: 'flow-2', peer: 'core-2' });
  assert.deepEqual(registrations.dropFlow('flow-1'), []);
  assert.equal(registrations.countOf('core-1'), 0);
  assert.equal(registrations.countOf('core-2'), 1);
  assert.deepEqual(registrations.dropFlow('flow-2'), ['CSFADA']);
  assert.equal(registrations.counts().current, 0);
});

type Step =
  | {
      readonly do: 'put';
      readonly device: string;
      readonly line: string;
      readonly flow: string;
      readonly seconds: number;
    }
  | { readonly do: 'remove'; readonly device: string; readonly line: string }
  | { readonly do: 'drop'; readonly flow: string }
  | { readonly do: 'wait'; readonly seconds: number };

const device = fc.constantFrom('a', 'b', 'c');
const line = fc.constantFrom('1', '2');
const flow = fc.constantFrom('x', 'y');
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('put' as const), device, line, flow, seconds: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ do: fc.constant('remove' as const), device, line }),
    fc.record({ do: fc.constant('drop' as const), flow }),
    fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 15 }) }),
  ),
  { maxLength: 60 },
);

/** The same, said in the plainest way. */
class Plain {
  readonly #bindings = new Map<string, { device: string; line: string; dueSeconds: number }>();
  readonly #flows = new Map<string, string>();
  #nowSeconds = 0;
  peak = 0;

  apply(step: Step): void {
    if (step.do === 'put') {
      const { device: who, line: which, seconds } = step;
      this.#bindings.set(`${who} ${which}`, { device: who, line: which, dueSeconds: this.#nowSeconds + seconds });
      this.#flows.set(who, step.flow);
    } else if (step.do === 'remove') this.#bindings.delete(`${step.device} ${step.line}`);
    else if (step.do === 'wait') this.#nowSeconds += step.seconds;
    else this.#end(({ device: who }) => this.#flows.get(who) === step.flow);
    this.#end(({ dueSeconds }) => dueSeconds <= this.#nowSeconds);
    this.peak = Math.max(this.peak, this.current);
  }

  #end(isOver: (binding: { device: string; dueSeconds: number }) => boolean): void {
    for (const [key, binding] of [...this.#bindings]) if (isOver(binding)) this.#bindings.delete(key);
  }

  get current(): number {
    return new Set([...this.#bindings.values()].map(({ device: who }) => who)).size;
  }
}

function applyStep(step: Step, registrations: Registrations, clock: FakeClock): void {
  if (step.do === 'put') {
    const { device: who, line: which, flow: over, seconds } = step;
    registrations.put({ ...phone, device: who, line: which, flow: over, expiresSeconds: seconds });
  } else if (step.do === 'remove') registrations.remove(step.device, step.line);
  else if (step.do === 'drop') registrations.dropFlow(step.flow);
  else clock.advance(step.seconds * 1000);
}

test('the counts are those of the plainest bookkeeping, whatever happens', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const { clock, registrations } = newStore();
      const plain = new Plain();
      for (const step of all) {
        applyStep(step, registrations, clock);
        plain.apply(step);
        assert.deepEqual(registrations.counts(), { current: plain.current, peak: plain.peak }, JSON.stringify(step));
      }
    }),
    { seed: 20, numRuns: 300 },
  );
});
