import type { Log } from '../../../platform/log.js';
import type { DialogTable } from '../dialog/dialog-table.js';
import type { Hop } from '../hop.js';
import type { BranchMaker } from '../transaction/branch-maker.js';
import type { TransactionContext } from '../transaction/transaction-context.js';
import type { TransactionTable } from '../transaction/transaction-table.js';
import type { ProxySettings } from './proxy-settings.js';

/** What all exchanges of one engine share. */
export interface ProxyContext extends TransactionContext {
  readonly table: TransactionTable;
  readonly branches: BranchMaker;
  readonly dialogs: DialogTable;
  readonly log: Log;
  /** Hears of what failed where nobody else could catch it. */
  readonly onError: (error: unknown) => void;
  readonly settings: () => ProxySettings;
  readonly sentBy: (to: Hop) => string;
}
