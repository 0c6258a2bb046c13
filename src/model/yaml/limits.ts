/** Bounds of what one YAML text may ask of the reader. */
export interface YamlLimits {
  readonly depth: number;
  readonly aliases: number;
  /** Values of one document, aliases written out. */
  readonly values: number;
  /** Tokens of a whole text. */
  readonly tokens: number;
}

/** Far beyond any honest file of 1 MiB, and what a hostile one may cost: about two seconds and 300 MB for a moment. */
export const yamlLimits: YamlLimits = { depth: 64, aliases: 1_000, values: 100_000, tokens: 300_000 };
