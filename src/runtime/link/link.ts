import { FairleadError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Log } from '../../platform/log.js';
import type { RunName, Standings } from '../link-port.js';
import { ChannelSet } from './channel-set.js';
import { type ControlMessage, type Hello, type PlanQuestion, linkProtocol } from './control-message.js';
import { ControlStream } from './control-stream.js';
import type { LinkLimits } from './link-limits.js';
import { PlanQuestions } from './plan-questions.js';
import { Pulse } from './pulse.js';
import { RekeySchedule } from './rekey-schedule.js';
import { closeSoon } from './socket-closing.js';
import { SocketTraffic } from './socket-traffic.js';
import type { SshChannel, SshConnection } from './ssh-terms.js';

/** What all links of one node share. */
export interface LinkNode {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: LinkLimits;
  readonly name: string;
  readonly softwareVersion: string;
  readonly standings: Standings;
  /** Whether this node, or within the hops of the question a peer of it other than the asker, has confirmed the run. */
  answer(question: PlanQuestion, asker: Link): Promise<boolean>;
}

export interface LinkListener {
  /** The other end takes leave: no new channels; the link closes soon. */
  onLeaving(reason: string): void;
  /** The other end did what no node of ours does; the link closes. */
  onViolation(what: string): void;
}

/** One authenticated connection between two nodes, the same at both ends: greeting, signs of life, questions, channels. */
export class Link {
  readonly peer: string;
  readonly channels: ChannelSet;
  /** Settles with the first word of the other end: rejected with `link.down` when it is not acceptable. */
  readonly greeted: Promise<void>;
  /** Resolves with the reason when the connection is gone. */
  readonly closed: Promise<string>;
  readonly #connection: SshConnection;
  readonly #node: LinkNode;
  readonly #listener: LinkListener;
  readonly #control: ControlStream;
  readonly #questions: PlanQuestions;
  readonly #pulse: Pulse;
  readonly #endNews: () => void;
  #onGreeting: (failure?: FairleadError) => void = () => undefined;
  #hasGreeted = false;
  #leaving = false;
  #closeReason: string | undefined;

  constructor(peer: string, connection: SshConnection, control: SshChannel, node: LinkNode, listener: LinkListener) {
    const { clock, limits, name, softwareVersion: version, standings } = node;
    const { socket } = connection;
    this.peer = peer;
    const traffic = new SocketTraffic(socket);
    this.channels = new ChannelSet({ socket, traffic, clock }, limits.channels);
    this.#connection = connection;
    this.#node = node;
    this.#listener = listener;
    this.greeted = new Promise((resolve, reject) => {
      this.#onGreeting = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
    this.greeted.catch(() => undefined);
    this.#control = new ControlStream(control, traffic, clock, limits, {
      onMessage: (message) => this.#receive(message),
      onEnd: (violation) => this.#onControlEnd(violation),
    });
    this.#questions = new PlanQuestions(clock, limits.pendingQuestions, (question) => this.#control.send(question));
    const rekeys = new RekeySchedule(clock, connection, limits);
    this.#pulse = new Pulse(clock, socket, limits, {
      onBeat: () => {
        this.#control.send({ type: 'alive' });
        rekeys.check();
      },
      onSilence: () => this.#cut(),
    });
    this.#endNews = standings.onChange(() => this.#control.send({ type: 'standing', standing: standings.word() }));
    this.closed = new Promise((resolve) => {
      // Before the SSH library hears of it: it would end the channels as if their data were complete.
      socket.prependOnceListener('close', () => resolve(this.#onClosed()));
      if (socket.closed) resolve(this.#onClosed());
    });
    this.#control.send({ type: 'hello', protocol: linkProtocol, node: name, version, standing: standings.word() });
  }

  /** Whether new channels may be opened. */
  get isOpen(): boolean {
    return !this.#leaving && this.#closeReason === undefined;
  }

  /** Why the link closes or has closed. */
  get closeReason(): string | undefined {
    return this.#closeReason;
  }

  /** Asks the other end, and `hops` times the peers of it, whether the run was confirmed. */
  ask(run: RunName, hops: number, timeoutMs: number): Promise<boolean> {
    return this.isOpen ? this.#questions.ask(run, hops, timeoutMs) : Promise.resolve(false);
  }

  /** Takes leave, lets open channels end within the drain limit, and closes. */
  async leave(reason: string): Promise<void> {
    if (this.isOpen) this.#control.send({ type: 'bye', reason });
    this.#leaving = true;
    const limit = new AbortController();
    const { clock, limits } = this.#node;
    await Promise.race([
      this.channels.empty(),
      this.closed,
      clock.sleep(limits.drainMs, limit.signal).catch(() => undefined),
    ]);
    limit.abort();
    this.close(reason);
    await this.closed;
  }

  /** Fails the open channels and closes. */
  close(reason: string): void {
    if (this.#closeReason !== undefined) return;
    this.#closeReason = reason;
    this.channels.failAll(reason);
    this.#connection.end();
    closeSoon(this.#connection.socket, this.#node.clock, this.#node.limits.lingerMs);
  }

  #cut(): void {
    const { aliveEveryMs, silentPeriods } = this.#node.limits;
    this.#closeReason ??= `nothing was heard for ${silentPeriods * aliveEveryMs} ms`;
    this.#connection.socket.destroy();
  }

  #onControlEnd(violation: string | undefined): void {
    if (violation !== undefined) this.#refuse(violation);
    // When the socket is gone the stream ends too; the socket knows the reason.
    else if (!this.#connection.socket.destroyed) this.close('the other end closed the link');
  }

  #refuse(violation: string): void {
    this.#listener.onViolation(violation);
    this.close(violation);
  }

  #receive(message: ControlMessage): void {
    if (message.type === 'hello') this.#greet(message);
    else if (this.#hasGreeted) this.#handle(message);
    else this.#refuse('did not begin with hello');
  }

  #greet({ protocol, node, standing }: Hello): void {
    if (this.#hasGreeted) {
      this.#refuse('said hello twice');
    } else if (protocol !== linkProtocol) {
      this.close(`speaks link protocol ${protocol}, this node speaks ${linkProtocol}; upgrade the older one`);
    } else if (node !== this.peer) {
      this.close(`calls itself ${JSON.stringify(node)}, but the configuration knows its key as "${this.peer}"`);
    } else {
      this.#hasGreeted = true;
      this.#node.standings.hear(this.peer, standing);
      this.#onGreeting();
    }
  }

  #handle(message: Exclude<ControlMessage, Hello>): void {
    switch (message.type) {
      case 'alive':
        return;
      case 'bye':
        this.#leaving = true;
        this.#listener.onLeaving(message.reason);
        return;
      case 'standing':
        this.#node.standings.hear(this.peer, message.standing);
        return;
      case 'plan!':
        this.#questions.settle(message);
        return;
      case 'plan?':
        void this.#node.answer(message, this).then((confirmed) => {
          this.#control.send({ type: 'plan!', id: message.id, confirmed });
        });
    }
  }

  #onClosed(): string {
    const reason = this.#closeReason ?? this.#connection.problem() ?? 'the connection was lost';
    this.#closeReason = reason;
    this.#pulse.stop();
    this.#endNews();
    this.#questions.abandon();
    this.channels.failAll(reason);
    this.#onGreeting(new FairleadError('link.down', reason));
    const { passedOver } = this.#control;
    if (passedOver > 0) this.#node.log.info({ peer: this.peer, passedOver }, 'unknown messages were passed over');
    return reason;
  }
}
