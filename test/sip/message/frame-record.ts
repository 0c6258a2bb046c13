import { defaultMessageLimits, type MessageLimits } from '../../../src/runtime/sip/message/message-limits.js';
import type { SipParseError } from '../../../src/runtime/sip/message/sip-parse-error.js';
import { StreamFramer } from '../../../src/runtime/sip/message/stream-framer.js';

/** What a framer made of a stream. */
export interface FrameRecord {
  readonly messages: Buffer[];
  readonly stun: Buffer[];
  readonly keepalives: string[];
  readonly oversized: SipParseError[];
  readonly failures: SipParseError[];
  failure: SipParseError | undefined;
}

/** How the receiver behaves: it knows no oversize, passes it over, or stops at the first message. */
type Manner = 'plain' | 'passing over' | 'stopping';

/** Gives chunks to a new framer. What is delivered is kept as it is given, so that later harm to it shows. */
export function recordFrames(
  chunks: readonly Buffer[],
  limits: MessageLimits = defaultMessageLimits,
  manner: Manner = 'plain',
): FrameRecord {
  const record: FrameRecord = {
    messages: [],
    stun: [],
    keepalives: [],
    oversized: [],
    failures: [],
    failure: undefined,
  };
  const framer = new StreamFramer(limits, {
    onMessage: (bytes) => {
      record.messages.push(bytes);
      if (manner === 'stopping') framer.stop();
    },
    onStun: (bytes) => record.stun.push(bytes),
    onKeepalive: (kind) => record.keepalives.push(kind),
    onFailure: (error) => {
      record.failures.push(error);
      record.failure = error;
    },
    ...(manner === 'passing over' && { onOversize: (error: SipParseError) => record.oversized.push(error) }),
  });
  for (const chunk of chunks) framer.push(chunk);
  return record;
}
