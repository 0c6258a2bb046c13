/** Whether a node is in maintenance mode: it takes nothing new, and what is up goes on. */
export interface DrainPort {
  isDraining(): boolean;
  /** Told at each change; the listener must not throw. */
  onChange(listener: (draining: boolean) => void): void;
}
