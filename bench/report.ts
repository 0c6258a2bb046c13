import { cpus, loadavg } from 'node:os';

/** Prints what a figure depends on beside the program. */
export function printTitle(title: string): void {
  const [load = 0] = loadavg();
  console.log(`\n## ${title}\n`);
  console.log(`Node ${process.version}, ${cpus().length} cores, load before the run ${load.toFixed(1)}\n`);
}

/** Prints a Markdown table with its columns aligned. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  console.log([line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n'));
}

/** Prints whether a target holds, and by how much it does or does not. */
export function printTarget(what: string, value: number, relation: '<' | '>=' | '<=', target: number): void {
  const holds = relation === '<' ? value < target : relation === '<=' ? value <= target : value >= target;
  console.log(`${holds ? 'holds ' : 'MISSED'} ${what}: ${value.toPrecision(3)}, target ${relation} ${target}`);
}
