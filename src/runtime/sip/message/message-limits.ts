/** What one message may hold; more is refused before it costs memory. */
export interface MessageLimits {
  /** Head and body together. */
  readonly maximumMessageBytes: number;
  /** One field with its name and continuation lines. */
  readonly maximumHeaderBytes: number;
  readonly maximumHeaderCount: number;
}

/** The defaults of `SipTransport`. */
export const defaultMessageLimits: MessageLimits = {
  maximumMessageBytes: 32_768,
  maximumHeaderBytes: 8_192,
  maximumHeaderCount: 200,
};
