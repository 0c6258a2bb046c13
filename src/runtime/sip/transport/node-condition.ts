/** Whether a server can be used; `unknown` may be tried. */
export type NodeState = 'unknown' | 'up' | 'down';

/**
 * How a server stands to STUN keepalives. `unsupported`: it never answered one, which says nothing about its state.
 * `silent`: it answered before and stopped, though it accepts connections; registrations flap there.
 */
export type StunStanding = 'unknown' | 'answers' | 'unsupported' | 'silent';

export interface NodeCondition {
  readonly state: NodeState;
  readonly stun: StunStanding;
  /** Why it is down, or in doubt. */
  readonly reason?: string;
  /** Requests in a row that no SIP answer came to. */
  readonly unanswered: number;
  /** It accepted connections and did nothing good with them, so that one more proves nothing. */
  readonly needsProof: boolean;
}

export type NodeOutcome =
  | { readonly type: 'connected' }
  /** A while has passed since it was taken as down. */
  | { readonly type: 'time-passed' }
  /** It could not be connected to, or its connection failed; soon after it was opened, if `isFleeting`. */
  | { readonly type: 'failed'; readonly reason: string; readonly isFleeting: boolean }
  | { readonly type: 'stun-answered' | 'stun-missed' }
  | { readonly type: 'sip-answered' | 'sip-unanswered' };

export const unknownCondition: NodeCondition = { state: 'unknown', stun: 'unknown', unanswered: 0, needsProof: false };

/** So many requests in a row without any answer, and a server that accepts connections counts as down. */
const unansweredUntilDown = 2;

function proven(stun: StunStanding): NodeCondition {
  return { state: 'up', stun, unanswered: 0, needsProof: false };
}

/** It may be tried again: only an answer proves that it is up. */
function doubted(before: NodeCondition): NodeCondition {
  return before.state === 'down' ? { ...before, state: 'unknown' } : before;
}

function afterMissedStun(stun: StunStanding): StunStanding {
  return stun === 'answers' || stun === 'silent' ? 'silent' : 'unsupported';
}

function afterUnanswered(before: NodeCondition): NodeCondition {
  const unanswered = before.unanswered + 1;
  // Two silences of different kinds are as good as two of one kind.
  if (unanswered < unansweredUntilDown && before.stun !== 'silent') return { ...before, unanswered };
  const reason = 'it accepts connections but answers no request';
  return { ...before, state: 'down', reason, unanswered, needsProof: true };
}

/** What an outcome makes of a server's condition; the same object when it changes nothing. */
export function conditionAfter(before: NodeCondition, outcome: NodeOutcome): NodeCondition {
  switch (outcome.type) {
    case 'connected':
      if (before.needsProof) return doubted(before);
      return before.state === 'up' ? before : proven(before.stun);
    case 'time-passed':
      return before.needsProof ? doubted(before) : before;
    case 'failed':
      return { ...before, state: 'down', reason: outcome.reason, needsProof: outcome.isFleeting };
    case 'stun-answered':
      return before.state === 'up' && before.stun === 'answers' ? before : proven('answers');
    case 'stun-missed': {
      const stun = afterMissedStun(before.stun);
      return stun === before.stun ? before : { ...before, stun };
    }
    case 'sip-answered':
      return before.state === 'up' && before.unanswered === 0 ? before : proven(before.stun);
    case 'sip-unanswered':
      return afterUnanswered(before);
  }
}
