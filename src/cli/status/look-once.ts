import { StatusBoard } from '../../reconciler/status/status-board.js';
import type { ReconcilerStatus } from '../../reconciler/status/status.js';
import type { Io } from '../io.js';
import { passOnce } from '../pass-once.js';

/**
 * The status where no daemon tells it: reads the repository and asks every node, changing nothing.
 * @throws FairleadError of the configuration and the source
 */
export async function lookOnce(io: Io, configFile: string): Promise<ReconcilerStatus> {
  const board = new StatusBoard(io.clock);
  const { reading, outcomes } = await passOnce(io, configFile, { intent: 'plan', withoutSecrets: true });
  board.onReading({ reading, number: 1 });
  for (const [cluster, outcome] of outcomes) {
    board.onPassEnded(cluster, { outcome, lastGood: undefined, durationMs: 0, delayMs: 0, failures: 0 });
  }
  return board.status();
}
