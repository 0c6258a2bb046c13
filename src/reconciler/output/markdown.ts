import { visible } from '../../model/visible.js';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Between a sign and what follows it keeps forges from making a mention or a reference of the two. */
const invisibleSpace = '\u200b';

/** Text for a place where only HTML is read, such as a summary. */
export function htmlText(text: string): string {
  const safe = visible(text).replaceAll(/[&<>"]/g, (character) => entities[character] ?? '');
  return safe.replaceAll(/[@#]/g, (sign) => sign + invisibleSpace);
}

/** Text as prose on one line, in which nothing is markup, a mention, a reference or a table border. */
export function proseText(text: string): string {
  return htmlText(text).replaceAll(/[\\`*_{}[\]()~|!]/g, (character) => `\\${character}`);
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** Text shown as it is, as inline code, where no forge looks for mentions. */
export function codeText(text: string): string {
  const safe = visible(text);
  const fence = '`'.repeat(longestRun(safe) + 1);
  const gap = fence.length > 1 || safe === '' ? ' ' : '';
  return `${fence}${gap}${safe}${gap}${fence}`;
}

/** Lines shown as they are, as a code block of a language. */
export function codeBlock(language: string, lines: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines) + 1));
  return `${fence}${language}\n${lines}${lines.endsWith('\n') ? '' : '\n'}${fence}\n`;
}
