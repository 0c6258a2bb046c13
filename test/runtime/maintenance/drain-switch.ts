import type { DrainPort } from '../../../src/runtime/maintenance/drain-port.js';

/** Maintenance mode that a test switches. */
export class DrainSwitch implements DrainPort {
  readonly #listeners: ((draining: boolean) => void)[] = [];
  readonly #deadlines: (() => void)[] = [];
  #draining = false;

  isDraining(): boolean {
    return this.#draining;
  }

  onChange(listener: (draining: boolean) => void): void {
    this.#listeners.push(listener);
  }

  onDeadline(listener: () => void): void {
    this.#deadlines.push(listener);
  }

  /** Says that what is left has had its time. */
  expire(): void {
    for (const listener of this.#deadlines) listener();
  }

  set(draining: boolean): void {
    this.#draining = draining;
    for (const listener of this.#listeners) listener(draining);
  }
}

/** The switches of several nodes, by name. */
export class DrainSwitches {
  readonly #switches = new Map<string, DrainSwitch>();

  of(node: string): DrainSwitch {
    const known = this.#switches.get(node) ?? new DrainSwitch();
    this.#switches.set(node, known);
    return known;
  }
}
