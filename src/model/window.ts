import { localTimes, readCron } from './cron.js';
import type { CronSchedule } from './cron.js';
import { instantOf, localTimeOf } from './zoned-time.js';

/** A recurring span of time: it opens when the cron expression matches in the zone and stays open for the duration. */
export interface RecurringWindow {
  readonly cron: string;
  readonly timeZone: string;
  /** At most one week. */
  readonly durationMinutes: number;
}

/** Whether one of several windows is open; an instant is undefined when it never comes. */
export type WindowState =
  | { readonly open: true; readonly closesAtMs: number | undefined }
  | { readonly open: false; readonly opensAtMs: number | undefined };

const dayMs = 86_400_000;
const longestWindowDays = 7;
/** 29 February can be eight years away. */
const horizonDays = 8 * 366 + 2;

/** The last start at or before `nowMs`; starts ascend with local times, also over daylight saving. */
function lastStart(schedule: CronSchedule, timeZone: string, nowMs: number): number | undefined {
  const from = localTimeOf(nowMs, timeZone) - (longestWindowDays + 1) * dayMs;
  const times = [...localTimes(schedule, from, longestWindowDays + 3)];
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (instantOf(times[middle] ?? 0, timeZone) <= nowMs) low = middle + 1;
    else high = middle;
  }
  const last = times[low - 1];
  return last === undefined ? undefined : instantOf(last, timeZone);
}

function nextStart(schedule: CronSchedule, timeZone: string, nowMs: number): number | undefined {
  const nowLocal = localTimeOf(nowMs, timeZone);
  for (const local of localTimes(schedule, nowLocal - dayMs, horizonDays)) {
    if (local < nowLocal - dayMs / 4) continue;
    const instant = instantOf(local, timeZone);
    if (instant > nowMs) return instant;
  }
  return undefined;
}

function stateOf({ cron, timeZone, durationMinutes }: RecurringWindow, nowMs: number): WindowState {
  const reading = readCron(cron);
  if ('problem' in reading) return { open: false, opensAtMs: undefined };
  const closesAtMs = (lastStart(reading.schedule, timeZone, nowMs) ?? -Infinity) + durationMinutes * 60_000;
  if (nowMs < closesAtMs) return { open: true, closesAtMs };
  return { open: false, opensAtMs: nextStart(reading.schedule, timeZone, nowMs) };
}

/** Whether one of the windows is open at an instant, and when that ends; no windows at all are always open. */
export function windowState(windows: readonly RecurringWindow[], nowMs: number): WindowState {
  if (windows.length === 0) return { open: true, closesAtMs: undefined };
  const closings: number[] = [];
  const openings: number[] = [];
  for (const state of windows.map((window) => stateOf(window, nowMs))) {
    if (state.open) closings.push(state.closesAtMs ?? Infinity);
    else openings.push(state.opensAtMs ?? Infinity);
  }
  if (closings.length > 0) return { open: true, closesAtMs: Math.max(...closings) };
  const opensAtMs = Math.min(...openings);
  return { open: false, opensAtMs: Number.isFinite(opensAtMs) ? opensAtMs : undefined };
}
