import type { StoreSession } from './store-session.js';

/** A value that cores share. Neither function rejects for want of the store. */
export interface SharedPart {
  /** The store can be used, for the first time or again; it may have lost everything. */
  onUp(session: StoreSession): Promise<void>;
  /** Twice a second while it can. */
  tick(session: StoreSession): Promise<void>;
}
