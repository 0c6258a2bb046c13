import type { Style } from '../reconciler/output/style.js';

/** Rows in aligned columns below a heading, each line indented by two; trailing blanks are left out. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[], style: Style): string {
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  return [style.dim(line(heading)), ...rows.map(line), ''].join('\n');
}
