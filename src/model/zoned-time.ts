/** Formatters by zone: they are slow to make, and there are as many as zones in use. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const aroundMs = 86_400_000;

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, made);
  return made;
}

/** Tells whether a text names an IANA time zone that this machine knows. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return false;
  try {
    formatterOf(text);
    return true;
  } catch {
    return false;
  }
}

/** The clock on the wall of a zone at an instant, written as the milliseconds that UTC would have; whole seconds. */
export function localTimeOf(instantMs: number, timeZone: string): number {
  const read: Record<string, number> = {};
  for (const { type, value } of formatterOf(timeZone).formatToParts(instantMs)) read[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = read;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function offsetMs(instantMs: number, timeZone: string): number {
  return localTimeOf(instantMs, timeZone) - Math.floor(instantMs / 1000) * 1000;
}

/** The first second after `before` at which the zone has another offset than it had then. */
function transitionBetween(before: number, after: number, timeZone: string): number {
  const old = offsetMs(before, timeZone);
  let [low, high] = [Math.floor(before / 1000), Math.ceil(after / 1000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(middle * 1000, timeZone) === old) low = middle;
    else high = middle;
  }
  return high * 1000;
}

/**
 * The instant at which the clock on the wall of a zone shows a local time. A time that daylight saving skips is the
 * instant the skipped hour is over; one that comes twice is the first of the two.
 */
export function instantOf(localMs: number, timeZone: string): number {
  const offsets = [offsetMs(localMs - aroundMs, timeZone), offsetMs(localMs + aroundMs, timeZone)];
  const candidates = offsets.map((offset) => localMs - offset);
  const shown = candidates.filter((instant) => localTimeOf(instant, timeZone) === localMs);
  if (shown.length > 0) return Math.min(...shown);
  return transitionBetween(localMs - aroundMs, localMs + aroundMs, timeZone);
}
