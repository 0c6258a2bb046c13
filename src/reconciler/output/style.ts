import pico from 'picocolors';

/** How text for people is set off; the caller decides whether there is colour. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** Gives a style with terminal colours, or one that leaves text as it is. */
export function styleOf(colour: boolean): Style {
  return pico.createColors(colour);
}

/** Leaves text as it is. */
export const plainStyle: Style = styleOf(false);
