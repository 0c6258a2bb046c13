/** A part that listens, dials or runs timers. */
export interface Service {
  readonly name: string;
  /** Ready to serve when it resolves; on failure it has freed what it took. */
  start(): Promise<void>;
  /** Stops taking new work, lets what is in flight end within its limits, and frees everything. */
  stop(): Promise<void>;
}

/** Stops services in reverse order, each whatever became of the others; rejects with the first failure. */
export async function stopInReverse(services: readonly Service[]): Promise<void> {
  const failures: unknown[] = [];
  for (const service of services.toReversed()) {
    await service.stop().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

/** Starts services one after another; when one fails, those before it are stopped again and its failure is thrown. */
export async function startInOrder(services: readonly Service[]): Promise<void> {
  for (const [index, service] of services.entries()) {
    try {
      await service.start();
    } catch (error) {
      await stopInReverse(services.slice(0, index)).catch(() => undefined);
      throw error;
    }
  }
}
