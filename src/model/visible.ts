/**
 * Characters that steer a terminal or hide what a text says: controls, direction marks and overrides, separators that end
 * a line for some readers, the byte-order mark, non-characters, and halves of characters.
 */
const unsafe = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\p{Cs}]/gu;

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Tells whether a text holds, line ends apart, a character that `visible` escapes. */
export function isVisible(text: string): boolean {
  return visibleLines(text) === text;
}

/** Text on one line in which such characters are written as `\u001b`. */
export function visible(text: string): string {
  return text.replaceAll(unsafe, escapeOf);
}

/** The same for text of several lines: line feeds stay. */
export function visibleLines(text: string): string {
  return text.replaceAll(unsafe, (character) => (character === '\n' ? character : escapeOf(character)));
}

/** The text, cut with an ellipsis where it has more UTF-16 code units than `longest`. */
export function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
