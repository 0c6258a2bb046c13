import { Counter as PromCounter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Counter {
  /** Adds one; every label name that was declared is given. */
  inc(labels?: Readonly<Record<string, string>>): void;
}

/** One value of what is counted elsewhere. */
export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Distribution {
  observe(value: number, labels?: Readonly<Record<string, string>>): void;
}

/** Metrics of one program instance; label values come from small fixed sets, never from clients. */
export interface Meter {
  counter(name: string, help: string, labelNames?: readonly string[]): Counter;
  /** A gauge that is read when it is scraped. */
  gauge(name: string, help: string, read: () => number): void;
  /** A counter that is counted elsewhere and read when it is scraped; for what is too frequent to be counted here. */
  total(name: string, help: string, labelNames: readonly string[], read: () => readonly Reading[]): void;
  distribution(name: string, help: string, buckets: readonly number[], labelNames?: readonly string[]): Distribution;
  /** Text in the Prometheus exposition format. */
  expose(): Promise<string>;
}

/** A meter with a registry of its own, so that two instances live in one process. */
export function newMeter(): Meter {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    counter: (name, help, labelNames = []) => {
      const counter = new PromCounter({ name, help, labelNames: [...labelNames], registers });
      return { inc: (labels = {}) => counter.inc({ ...labels }) };
    },
    gauge: (name, help, read) => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    },
    total: (name, help, labelNames, read) => {
      new PromCounter({
        name,
        help,
        labelNames: [...labelNames],
        registers,
        collect() {
          this.reset();
          for (const { labels, value } of read()) this.inc({ ...labels }, value);
        },
      });
    },
    distribution: (name, help, buckets, labelNames = []) => {
      const histogram = new Histogram({ name, help, buckets: [...buckets], labelNames: [...labelNames], registers });
      return { observe: (value, labels = {}) => histogram.observe({ ...labels }, value) };
    },
    expose: () => registry.metrics(),
  };
}
