import { defaultMessageLimits, type MessageLimits } from '../../../src/runtime/sip/message/message-limits.js';
import type { SipParseError } from '../../../src/runtime/sip/message/sip-parse-error.js';
import { StreamFramer } from '../../../src/runtime/sip/message/stream-framer.js';

/** What a framer made of a stream. */
export interface FrameRecord {
  readonly messages: Buffer[];
  readonly stun: Buffer[];
  readonly keepalives: string[];
  readonly failures: SipParseError[];
  failure: SipParseError | undefined;
}

/** Gives chunks to a new framer; what it delivers is copied when it comes, so that later harm to it shows. */
export function recordFrames(chunks: readonly Buffer[], limits: MessageLimits = defaultMessageLimits): FrameRecord {
  const record: FrameRecord = { messages: [], stun: [], keepalives: [], failures: [], failure: undefined };
  const framer = new StreamFramer(limits, {
    onMessage: (bytes) => record.messages.push(bytes),
    onStun: (bytes) => record.stun.push(bytes),
    onKeepalive: (kind) => record.keepalives.push(kind),
    onFailure: (error) => {
      record.failures.push(error);
      record.failure = error;
    },
  });
  for (const chunk of chunks) framer.push(chunk);
  return record;
}
