import type { SipMessage } from '../message/sip-message.js';
import type { ResponseOrigin } from './proxy-role.js';

const challengeHeaders = ['www-authenticate', 'proxy-authenticate'];

interface FinalResponse {
  readonly response: SipMessage;
  readonly origin: ResponseOrigin;
}

/** Collects the final responses of candidates and chooses the one that goes back (RFC 3261 section 16.7 step 6). */
export class BestResponse {
  readonly #all: FinalResponse[] = [];

  add(response: SipMessage, origin: ResponseOrigin): void {
    this.#all.push({ response, origin });
  }

  /** The best one, with the challenges of all others when it is a challenge itself (step 7). */
  choose(): FinalResponse | undefined {
    const [first, ...others] = this.#all;
    if (first === undefined || others.length === 0) return first;
    const best = others.reduce((a, b) => (rank(b.response) < rank(a.response) ? b : a), first);
    for (const { response } of this.#all) if (response !== best.response) addChallenges(best.response, response);
    return best;
  }
}

/** The lower the better: 6xx, then by class, within 4xx what tells the client how to go on, 503 at the very end. */
function rank({ statusCode }: SipMessage): number {
  if (statusCode >= 600) return 0;
  if (statusCode === 503) return 900;
  const helps = [401, 407, 415, 420, 484].includes(statusCode);
  return Math.floor(statusCode / 100) * 100 + (helps ? 0 : 1);
}

function isChallenge({ statusCode }: SipMessage): boolean {
  return statusCode === 401 || statusCode === 407;
}

function addChallenges(to: SipMessage, from: SipMessage): void {
  if (!isChallenge(to) || !isChallenge(from)) return;
  for (const name of challengeHeaders) for (const value of from.values(name)) to.append(name, value);
}
