/** Whether a node is in maintenance mode: it takes nothing new, and what is up goes on. */
export interface DrainPort {
  isDraining(): boolean;
  /** Told at each change; the listener must not throw. */
  onChange(listener: (draining: boolean) => void): void;
  /** Told when what is up has had its time and is to be ended now; the listener must not throw. */
  onDeadline(listener: () => void): void;
}
