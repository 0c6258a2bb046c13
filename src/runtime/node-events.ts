import type { NodeEvent } from '../admin/contract.js';

export interface NumberedEvent {
  /** Unique over runs of the node. */
  readonly id: string;
  readonly event: NodeEvent;
}

type Listener = (event: NumberedEvent) => void;

const mostKept = 256;

/** The events of one run of a node: the last 256 of them, and whoever listens. */
export class NodeEvents {
  #kept: readonly NumberedEvent[] = [];
  #count = 0;
  readonly #listeners = new Set<Listener>();

  /** `run` tells this run's ids from those of other runs. */
  constructor(private readonly run: string) {}

  publish(event: NodeEvent): void {
    this.#count += 1;
    const numbered = { id: this.#idOf(this.#count), event };
    this.#kept = [...this.#kept, numbered].slice(-mostKept);
    for (const listener of this.#listeners) listener(numbered);
  }

  /** What came after an event, oldest first; undefined when that is not known any more. */
  after(id: string): readonly NumberedEvent[] | undefined {
    if (id === this.#idOf(this.#count - this.#kept.length)) return this.#kept;
    const index = this.#kept.findIndex((event) => event.id === id);
    return index < 0 ? undefined : this.#kept.slice(index + 1);
  }

  /** Tells a listener each event from now on, until the returned function is called. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #idOf(count: number): string {
    return `${this.run}-${count}`;
  }
}
