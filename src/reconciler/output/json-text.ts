import { visible, visibleLines } from '../../model/visible.js';

/** A value as indented JSON with a line end; what is not safe to show stands in escapes, so that the value stays the same. */
export function jsonText(value: unknown): string {
  return visibleLines(`${JSON.stringify(value, null, 2)}\n`);
}

/** The same on one line, for several values one after the other. */
export function jsonLine(value: unknown): string {
  return `${visible(JSON.stringify(value))}\n`;
}
