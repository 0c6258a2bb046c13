import type { Clock } from '../../platform/clock.js';
import { type ControlMessage, parseControl } from './control-message.js';
import { LineSplitter } from './line-splitter.js';
import type { LinkLimits } from './link-limits.js';
import { RateBudget } from './rate-budget.js';
import type { SocketTraffic } from './socket-traffic.js';
import type { SshChannel } from './ssh-terms.js';

const mostUnsentBytes = 256 * 1024;

export interface ControlListener {
  onMessage(message: ControlMessage): void;
  /** The other end broke the rules, or ended the stream; called once, nothing follows. */
  onEnd(violation: string | undefined): void;
}

/** The conversation beside the traffic of a link: one JSON message per line, each line and their rate bounded. */
export class ControlStream {
  readonly #channel: SshChannel;
  readonly #traffic: SocketTraffic;
  readonly #listener: ControlListener;
  readonly #lines: LineSplitter;
  readonly #budget: RateBudget;
  #ended = false;
  #passedOver = 0;

  constructor(
    channel: SshChannel,
    traffic: SocketTraffic,
    clock: Clock,
    limits: Pick<LinkLimits, 'controlLineBytes' | 'controlMessagesPerSecond'>,
    listener: ControlListener,
  ) {
    this.#channel = channel;
    this.#traffic = traffic;
    this.#listener = listener;
    this.#lines = new LineSplitter(limits.controlLineBytes);
    this.#budget = new RateBudget(clock, limits.controlMessagesPerSecond);
    channel.on('data', (chunk: Buffer) => this.#receive(chunk));
    channel.on('error', () => this.#end(undefined));
    channel.on('end', () => this.#end(undefined));
  }

  /** How many messages of unknown types came so far. */
  get passedOver(): number {
    return this.#passedOver;
  }

  send(message: ControlMessage): void {
    if (this.#ended) return;
    this.#traffic.batch();
    this.#channel.write(`${JSON.stringify(message)}\n`);
    if (this.#channel.writableLength > mostUnsentBytes) this.#end('does not read its control stream');
  }

  #receive(chunk: Buffer): void {
    for (const line of this.#lines.push(chunk)) {
      if (this.#ended) return;
      if (this.#budget.spend()) this.#handle(line);
      else this.#end('sends control messages too fast');
    }
    if (this.#lines.overflowed) this.#end('sent a control message that is too long');
  }

  #handle(line: string): void {
    const parsed = parseControl(line);
    if ('message' in parsed) this.#listener.onMessage(parsed.message);
    else if ('unknown' in parsed) this.#passedOver += 1;
    else this.#end(`sent a malformed control message: ${parsed.malformed}`);
  }

  #end(violation: string | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#listener.onEnd(violation);
  }
}
