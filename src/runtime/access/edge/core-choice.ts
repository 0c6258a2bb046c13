import type { CoreLink } from '../../link-port.js';

const prime = 0x01000193;
const offset = 0x811c9dc5;

/** FNV-1a with a final mix, so that every bit of the sum depends on every character. */
function weightOf(core: string, subject: string): number {
  let sum = offset;
  const text = `${core}\n${subject}`;
  for (let index = 0; index < text.length; index += 1) sum = Math.imul(sum ^ text.charCodeAt(index), prime);
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return (sum ^ (sum >>> 16)) >>> 0;
}

/**
 * The cores in the order in which a user's requests go to them: rendezvous hashing, highest weight first.
 * Every edge computes the same order from the same names, so a user's authorizations are counted, and the credentials
 * cached, on one core while the set of cores that are up stays the same. When a core goes, its users alone move,
 * spread over the others, and meet a fresh count there once; when it comes back, they alone return to it.
 */
export function coresFor(subject: string, links: readonly CoreLink[]): readonly CoreLink[] {
  if (links.length < 2) return links;
  return links
    .map((link) => ({ link, weight: weightOf(link.core, subject) }))
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ link }) => link);
}

/** Without the cores that are in maintenance mode, unless there are no others. */
export function preferServing(links: readonly CoreLink[], isDraining: (core: string) => boolean): readonly CoreLink[] {
  const serving = links.filter(({ core }) => !isDraining(core));
  return serving.length === 0 ? links : serving;
}
