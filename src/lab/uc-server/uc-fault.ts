import type { ServerResponse } from 'node:http';
import type { UdsAnswer } from './uds-answer.js';

/** A way in which a node fails until it is taken back. */
export type UcFault =
  /** Nothing listens: connections are refused. */
  | { readonly type: 'refuse' }
  /** Connections and requests are taken and never answered. */
  | { readonly type: 'hang' }
  /** Every request is answered with this status, such as 500 or 503. */
  | { readonly type: 'status'; readonly status: number }
  /** Every request is answered with 401, whatever the credentials. */
  | { readonly type: 'unauthorized' }
  /** Answers are not well-formed XML. */
  | { readonly type: 'malformed' }
  /** Answers are well-formed XML of another document. */
  | { readonly type: 'other-document' }
  /** Answers carry a document type with entities that expand to gigabytes. */
  | { readonly type: 'entity-bomb' }
  /** The connection ends in the middle of the body. */
  | { readonly type: 'truncated' }
  /** The body never ends. */
  | { readonly type: 'endless' }
  /** The body comes one byte at a time, with this pause between. */
  | { readonly type: 'drip'; readonly pauseMs: number }
  /** The certificate is signed by a CA that nobody trusts. */
  | { readonly type: 'wrong-certificate' };

const connectionFaults: ReadonlySet<string> = new Set(['refuse', 'hang', 'endless', 'drip', 'wrong-certificate']);

/** Whether connections that exist must end for a fault to be felt, or to be over. */
export function concernsConnections(fault: UcFault | undefined): boolean {
  return fault !== undefined && connectionFaults.has(fault.type);
}

/** How the body of an answer goes out. */
export type Delivery = 'whole' | 'truncated' | 'endless' | { readonly pauseMs: number };

const bombLevels = Array.from({ length: 9 }, (_, level) => {
  const before = level === 0 ? 'lol' : `&l${level - 1};`;
  return `<!ENTITY l${level} "${before.repeat(10)}">`;
});
const entityBomb = `<?xml version="1.0"?><!DOCTYPE x [${bombLevels.join('')}]><x>&l8;</x>`;

/** What an answer becomes under a fault; faults of the connection leave it as it is. */
export function spoil(answer: UdsAnswer, fault: UcFault | undefined): UdsAnswer {
  switch (fault?.type) {
    case 'status':
      return { ...answer, status: fault.status, body: '' };
    case 'malformed':
      return { ...answer, body: answer.body.replace(/<\/[A-Za-z]+>$/, '') };
    case 'other-document':
      return { ...answer, body: '<html><body>Welcome</body></html>' };
    case 'entity-bomb':
      return { ...answer, body: entityBomb };
    default:
      return answer;
  }
}

/** How a body goes out under a fault. */
export function deliveryUnder(fault: UcFault | undefined): Delivery {
  if (fault?.type === 'truncated' || fault?.type === 'endless') return fault.type;
  return fault?.type === 'drip' ? { pauseMs: fault.pauseMs } : 'whole';
}

/** Sends half of the body that the headers promise, then ends the connection. */
export function sendHalf(response: ServerResponse, body: Buffer): void {
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}

/** Sends white space as fast as the other side reads, until it gives up. */
export function sendEndlessly(response: ServerResponse): void {
  const chunk = Buffer.alloc(16 * 1024, ' ');
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}
