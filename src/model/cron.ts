import { validateDetailed } from 'node-cron';

/** A cron expression as the sets of numbers it matches; Sunday is 0. */
export interface CronSchedule {
  /** Ascending. */
  readonly minutes: readonly number[];
  /** Ascending. */
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly daysOfWeek: ReadonlySet<number>;
  /** Both days are restricted, so that either one is enough. */
  readonly eitherDay: boolean;
}

export type CronReading = { readonly schedule: CronSchedule } | { readonly problem: string };

const longestExpression = 128;
const dayMs = 86_400_000;
const numbers = /^[\d*,/-]+$/;
const numbersAndNames = /^(?:[\d*,/-]|\b[a-z]{3}\b)+$/i;
const forms = [
  { name: 'minute', form: numbers },
  { name: 'hour', form: numbers },
  { name: 'day of month', form: numbers },
  { name: 'month', form: numbersAndNames },
  { name: 'day of week', form: numbersAndNames },
];

function ascending(values: readonly (number | string)[]): readonly number[] {
  return values.map(Number).toSorted((a, b) => a - b);
}

/** The sets are the library's; the five fields and the meaning of the two days are those of Unix cron, not the library's. */
function scheduleOf(fields: readonly string[]): CronReading {
  const { fields: parsed, errors } = validateDetailed(fields.join(' '));
  if (parsed === undefined) return { problem: errors[0]?.message ?? 'it is not a cron expression' };
  const [, , dayOfMonth = '*', , dayOfWeek = '*'] = fields;
  const schedule = {
    minutes: ascending(parsed.minute),
    hours: ascending(parsed.hour),
    months: new Set(parsed.month),
    daysOfMonth: new Set(ascending(parsed.dayOfMonth)),
    daysOfWeek: new Set(ascending(parsed.dayOfWeek)),
    eitherDay: !dayOfMonth.startsWith('*') && !dayOfWeek.startsWith('*'),
  };
  return { schedule };
}

/** Reads an expression of five fields, or says in a clause what is wrong with it. */
export function readCron(expression: string): CronReading {
  if (expression.length > longestExpression) return { problem: `it is longer than ${longestExpression} characters` };
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== forms.length) return { problem: `it has ${fields.length} fields where 5 are needed` };
  const wrong = forms.find(({ form }, index) => !form.test(fields[index] ?? ''));
  if (wrong !== undefined)
    return { problem: `its ${wrong.name} is not made of numbers, names, *, lists, ranges, steps` };
  return scheduleOf(fields);
}

function matchesDay(schedule: CronSchedule, date: Date): boolean {
  if (!schedule.months.has(date.getUTCMonth() + 1)) return false;
  const ofMonth = schedule.daysOfMonth.has(date.getUTCDate());
  const ofWeek = schedule.daysOfWeek.has(date.getUTCDay());
  return schedule.eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
}

/**
 * The times of day the schedule names on `days` days from the one that holds `fromLocalMs`, ascending. A local time is
 * written as the milliseconds that UTC would have, so that no daylight saving disturbs the arithmetic.
 */
export function* localTimes(schedule: CronSchedule, fromLocalMs: number, days: number): Generator<number> {
  const firstDay = Math.floor(fromLocalMs / dayMs);
  for (let day = firstDay; day < firstDay + days; day += 1) {
    if (!matchesDay(schedule, new Date(day * dayMs))) continue;
    for (const hour of schedule.hours)
      for (const minute of schedule.minutes) yield day * dayMs + (hour * 60 + minute) * 60_000;
  }
}
