import type { Outlet } from '../agent/call-leg.js';
import { type Transactions, withVia } from '../agent/transactions.js';
import type { Flow } from '../flow/flow.js';
import { writeMessage } from '../wire/message-text.js';

/** Sends everything over the flow of the moment; without one a request stays unanswered. */
export function flowOutlet(flowNow: () => Flow | undefined, transactions: Transactions, timeoutMs: number): Outlet {
  return {
    request: (request, branch, listener) => {
      const flow = flowNow();
      if (flow === undefined) queueMicrotask(() => listener(undefined));
      else transactions.send({ flow, request, timeoutMs, branch }, listener);
    },
    cancel: (branch) => transactions.cancel(branch),
    acknowledge: (request) => {
      const flow = flowNow();
      flow?.send(writeMessage(withVia(request, flow)));
    },
  };
}
