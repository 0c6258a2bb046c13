import type { Socket } from 'node:net';
import type { Clock } from '../../platform/clock.js';

/** Closes a socket when what it holds is sent, or after `lingerMs` whatever happened. */
export function closeSoon(socket: Socket, clock: Clock, lingerMs: number): void {
  if (socket.destroyed) return;
  const timer = clock.after(lingerMs, () => socket.destroy());
  socket.once('close', () => timer.cancel());
  socket.destroySoon();
}
