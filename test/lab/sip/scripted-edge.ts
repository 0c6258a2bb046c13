import { answerTo } from '../../../src/lab/sip/agent/answers.js';
import type { Flow, FlowSink } from '../../../src/lab/sip/flow/flow.js';
import { StreamListener } from '../../../src/lab/sip/flow/stream-listener.js';
import { writeMessage } from '../../../src/lab/sip/wire/message-text.js';
import type { SipField, SipMessage, SipRequest } from '../../../src/lab/sip/wire/sip-message.js';
import { parseStun, stunError, stunSuccess } from '../../../src/lab/sip/wire/stun-packet.js';

/** An edge that answers as a test tells it, and keeps every REGISTER. */
export class ScriptedEdge implements FlowSink {
  readonly registers: SipRequest[] = [];
  readonly flows = new Set<Flow>();
  status = 200;
  fields: readonly SipField[] = [];
  stun: 'answer' | 'silence' | 'error' = 'answer';
  stunRequests = 0;
  port = 0;
  readonly #listener = new StreamListener(this);

  async start(): Promise<void> {
    this.port = await this.#listener.open('127.0.0.1', 0);
  }

  async stop(): Promise<void> {
    await this.#listener.close();
  }

  /** As a target of a phone. */
  target(route?: string) {
    const flow = { protocol: 'TCP', host: '127.0.0.1', port: this.port } as const;
    return route === undefined ? { flow } : { flow, route };
  }

  onMessage(message: SipMessage, flow: Flow): void {
    this.flows.add(flow);
    if (message.type === 'response' || message.method === 'ACK') return;
    if (message.method === 'REGISTER') this.registers.push(message);
    const fields = [{ name: 'Expires', value: '120' }, ...this.fields];
    flow.send(writeMessage(answerTo(message, flow, this.status, { fields, toTag: 'edge' })));
  }

  onStun(bytes: Buffer, flow: Flow): void {
    this.stunRequests += 1;
    const id = parseStun(bytes)?.transactionId ?? '';
    if (this.stun === 'answer') flow.send(stunSuccess(id, flow.remoteAddress, flow.remotePort));
    if (this.stun === 'error') flow.send(stunError(id, 503, 'Path Down'));
  }

  onGarbage(): void {
    this.registers.length = 0;
  }

  onClosed(flow: Flow): void {
    this.flows.delete(flow);
  }
}
