import { createParser } from 'eventsource-parser';
import { adminPaths } from '../../admin/contract.js';

import { asFairleadError } from '../../errors.js';
import { backoffDelayMs } from '../../platform/backoff.js';
import type { BackoffLimits } from '../../platform/backoff.js';
import type { Clock } from '../../platform/clock.js';
import type { Log } from '../../platform/log.js';
import { type NewsEvent, readEvent } from './admin-answers.js';
import type { HttpsClient } from './https-client.js';
import type { DriverEvent } from './driver.js';

const reconnect: BackoffLimits = { firstMs: 250, longestMs: 15_000 };
const largestEventChars = 64 * 1024;

interface Watch {
  readonly node: string;
  readonly client: HttpsClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (event: DriverEvent) => void;
}

function driverEvent(node: string, event: NewsEvent): DriverEvent {
  if (event.type === 'reset') return { node, type: 'stream', reason: 'events were missed' };
  if (event.type === 'link') return { node, type: 'link', reason: `link to ${event.link.peer} is ${event.link.state}` };
  if (event.type === 'ready') return { node, type: 'ready', reason: event.ready ? 'ready' : 'not ready' };
  if (event.type === 'maintenance') return { node, type: 'maintenance', reason: `maintenance: ${event.state}` };
  const { cause } = event;
  if (cause.type === 'edited') {
    const { edit } = cause;
    return { node, type: 'snapshot', reason: `${edit.actor} edited ${edit.key}`, edit };
  }
  const plan = { id: cause.planId, state: cause.type };
  return { node, type: 'snapshot', reason: `plan ${cause.type}`, plan };
}

/** Tells the events of one connection, beginning with one of its own: what happened before it may have been missed. */
async function follow({ node, client, tell }: Watch, signal: AbortSignal): Promise<void> {
  const parser = createParser({
    maxBufferSize: largestEventChars,
    onEvent: ({ data }) => {
      const event = readEvent(data);
      if (event !== undefined) tell(driverEvent(node, event));
    },
  });
  const pieces = await client.open(
    { method: 'GET', path: adminPaths.events, headers: { accept: 'text/event-stream' } },
    signal,
  );
  tell({ node, type: 'stream', reason: 'watching' });
  for await (const text of pieces) parser.feed(text);
}

/** Tells the events of one node until the signal aborts, over any number of connections. */
export async function watchNode(watch: Watch, signal: AbortSignal): Promise<void> {
  const { clock, node, log } = watch;
  for (let failures = 1; ; failures += 1) {
    const beganMs = clock.monotonicMs();
    const reason = await follow(watch, signal).then(
      () => 'the stream ended',
      (error: unknown) => asFairleadError(error).message,
    );
    if (clock.monotonicMs() - beganMs > reconnect.longestMs) failures = 1;
    try {
      await clock.sleep(backoffDelayMs(failures, reconnect), signal);
    } catch {
      return;
    }
    log.debug({ node, reason, failures }, 'watching again');
  }
}
