import { Document, Scalar, visit } from 'yaml';
import { isVisible, visibleLines } from '../visible.js';

/** White space at an end of a line, which is lost or taken for indentation in a block of lines. */
const looseSpace = /^[ \t\n]|[ \t]$/m;

/** Only a text in double quotes can hold an escape, and keeps white space wherever it stands. */
function needsQuotes(text: string): boolean {
  return !isVisible(text) || (text.includes('\n') && looseSpace.test(text));
}

/**
 * The value as a YAML document that YAML 1.1 readers understand in the same way: members in their order, no anchors, no
 * folding. Characters that are not safe to show stand in escapes, so that the text can be printed as it is.
 */
export function writeYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && needsQuotes(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return visibleLines(document.toString({ lineWidth: 0 }));
}
