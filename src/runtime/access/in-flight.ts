import type { ServerResponse } from 'node:http';
import type { Log } from '../../platform/log.js';
import { answers, send } from './answer.js';

/** The requests that are being answered. */
export interface InFlight {
  readonly count: number;
  /** Runs what answers a request; a failure that nobody expected becomes 500, or ends the connection within an answer. */
  run(response: ServerResponse, task: () => Promise<void>): void;
}

export function newInFlight(log: Log): InFlight {
  let count = 0;

  async function guard(response: ServerResponse, task: () => Promise<void>): Promise<void> {
    count += 1;
    try {
      await task();
    } catch (error) {
      log.error({ err: error }, 'answering a request failed');
      if (response.headersSent) response.destroy();
      else send(response, answers.internal);
    } finally {
      count -= 1;
    }
  }

  return {
    get count() {
      return count;
    },
    run: (response, task) => void guard(response, task),
  };
}
