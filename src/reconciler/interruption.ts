import { worstInterruption } from '../model/change.js';
import type { Change, Interruption } from '../model/change.js';
import { kindInfo } from '../model/kinds.js';

/**
 * What a change interrupts at worst, as the schema of its kind says. No session uses what does not exist yet, so a create
 * never interrupts one.
 */
export function interruptionOf(change: Change): Interruption {
  switch (change.action) {
    case 'update':
      return worstInterruption(change.fields.map(({ interrupts }) => interrupts));
    case 'delete':
      return kindInfo(change.before.kind).interrupts;
    case 'create': {
      const { interrupts } = kindInfo(change.after.kind);
      return interrupts === 'sessions' ? 'new-sessions' : interrupts;
    }
  }
}
