/** A piece of a text that can lose some of its parts without breaking. */
export interface Section {
  readonly opening: string;
  readonly parts: readonly string[];
  readonly closing: string;
}

export interface Fitted {
  readonly text: string;
  /** How many parts, or sections with none, did not fit. */
  readonly leftOut: number;
}

/** The parts up to the first that does not fit. */
function fitParts({ opening, parts, closing }: Section, roomBytes: number): Fitted {
  let room = roomBytes - Buffer.byteLength(opening + closing);
  if (room < 0) return { text: '', leftOut: Math.max(1, parts.length) };
  const kept = parts.filter((part) => (room -= Buffer.byteLength(part)) >= 0);
  return { text: opening + kept.join('') + closing, leftOut: parts.length - kept.length };
}

/** Puts sections one after the other into at most `limitBytes` of UTF-8; those of which nothing fits are left out. */
export function fit(sections: readonly Section[], limitBytes: number): Fitted {
  let text = '';
  let leftOut = 0;
  for (const section of sections) {
    const fitted = fitParts(section, limitBytes - Buffer.byteLength(text));
    text += fitted.text;
    leftOut += fitted.leftOut;
  }
  return { text, leftOut };
}
