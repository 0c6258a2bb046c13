import type { StunKeepalive } from '../../../model/generated/kinds.js';
import type { Clock, Timer } from '../../../platform/clock.js';
import type { Hop } from '../hop.js';
import { conditionAfter, type NodeCondition, type NodeOutcome, unknownCondition } from './node-condition.js';
import type { ServerConnections } from './server-connections.js';
import type { SipServer } from './sip-server.js';
import { StunQuestion } from './stun-question.js';

/** A server that is down is tried again so often; one that accepts connections to no avail, more and more seldom. */
const recoveryEveryMs = 2000;
const longestRecoveryMs = 30_000;
/** A connection that ended in good order is opened again so soon. */
const reopenAfterMs = 5000;
/** A reset is followed by a look whether the server is still there. */
const lookAgainMs = 200;
/** A connection that failed sooner than that was of no use. */
const fleetingMs = 5000;
/** A server that does not support STUN is asked once in so many intervals. */
const intervalsBetweenAttempts = 10;

export interface NodeWatchDeps {
  readonly clock: Clock;
  readonly servers: ServerConnections;
  readonly settings: () => StunKeepalive;
  onChange(server: SipServer, condition: NodeCondition, before: NodeCondition): void;
}

/** Watches one server: keeps a connection with it, asks it over STUN, and draws the conclusions. */
export class NodeWatch {
  readonly server: SipServer;
  readonly #deps: NodeWatchDeps;
  readonly #question: StunQuestion;
  #condition = unknownCondition;
  #timer: Timer | undefined;
  #restingIntervals = 0;
  #connectedAtMs = Number.NEGATIVE_INFINITY;
  /** Times in a row that it turned out to be down though it accepts connections. */
  #disappointments = 0;
  #isStopped = false;

  constructor(server: SipServer, deps: NodeWatchDeps) {
    this.server = server;
    this.#deps = deps;
    this.#question = new StunQuestion(deps.clock, () => this.#missed());
  }

  get condition(): NodeCondition {
    return this.#condition;
  }

  /** Looks at the server now, and again and again. */
  look(): void {
    if (this.#isStopped) return;
    const { servers, settings } = this.#deps;
    this.#arm(this.#condition.state === 'down' ? this.#recoveryMs() : settings().intervalSeconds * 1000);
    const hop = servers.established(this.server);
    if (this.server.protocol === 'UDP') this.#conclude({ type: 'time-passed' });
    else if (hop !== undefined) this.#ask(hop);
    // How it ends is told to the observers of the servers.
    else void servers.probe(this.server).catch(() => undefined);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#question.drop();
  }

  connected(): void {
    // Nobody needs to be there for a datagram to be sent.
    if (this.server.protocol === 'UDP') return;
    this.#connectedAtMs = this.#deps.clock.monotonicMs();
    this.#conclude({ type: 'connected' });
    const hop = this.#deps.servers.established(this.server);
    if (hop !== undefined) this.#ask(hop);
  }

  unreachable(reason: string): void {
    this.#conclude({ type: 'failed', reason, isFleeting: false });
    this.#arm(this.#recoveryMs());
  }

  lost(reason: string, isFailure: boolean): void {
    this.#question.drop();
    const isFleeting = this.#deps.clock.monotonicMs() - this.#connectedAtMs < fleetingMs;
    if (isFailure) this.#conclude({ type: 'failed', reason, isFleeting });
    if (this.#condition.needsProof) this.#arm(this.#recoveryMs());
    else this.#arm(isFailure ? lookAgainMs : reopenAfterMs);
  }

  /** Whether this STUN answer was waited for. */
  takesStun(hop: Hop, transactionId: Buffer): boolean {
    if (!this.#question.takes(hop, transactionId)) return false;
    this.#conclude({ type: 'stun-answered' });
    return true;
  }

  sipAnswered(): void {
    this.#conclude({ type: 'sip-answered' });
  }

  sipUnanswered(): void {
    this.#conclude({ type: 'sip-unanswered' });
    this.#knock();
  }

  /** STUN was switched on or off, or its times changed. */
  settingsChanged(): void {
    if (!this.#deps.settings().enabled) {
      this.#question.drop();
      this.#become({ ...this.#condition, stun: 'unknown' });
    }
    this.#restingIntervals = 0;
    this.look();
  }

  #recoveryMs(): number {
    return Math.min(longestRecoveryMs, recoveryEveryMs * 2 ** this.#disappointments);
  }

  #arm(delayMs: number): void {
    this.#timer?.cancel();
    if (!this.#isStopped) this.#timer = this.#deps.clock.after(delayMs, () => this.look(), { idle: true });
  }

  #ask(hop: Hop): void {
    const { enabled, timeoutSeconds } = this.#deps.settings();
    if (!enabled || !hop.isReliable || this.#question.isPending) return;
    if (this.#knowsStun()) this.#question.ask(hop, timeoutSeconds * 1000);
    else if (!this.#rests()) {
      const open = () => this.#deps.servers.openTrial(this.server);
      void this.#question.askApart(open, timeoutSeconds * 1000);
    }
  }

  #rests(): boolean {
    if (this.#restingIntervals === 0) return false;
    this.#restingIntervals -= 1;
    return true;
  }

  #knowsStun(): boolean {
    return this.#condition.stun === 'answers' || this.#condition.stun === 'silent';
  }

  #missed(): void {
    this.#conclude({ type: 'stun-missed' });
    if (this.#knowsStun()) this.#knock();
    else this.#restingIntervals = intervalsBetweenAttempts;
  }

  /** Finds out whether silence means that nobody is there: a host without power answers no connection either. */
  #knock(): void {
    const { servers, settings } = this.#deps;
    if (this.server.protocol === 'UDP') return;
    void servers.knock(this.server, settings().timeoutSeconds * 1000).catch(() => undefined);
  }

  #conclude(outcome: NodeOutcome): void {
    this.#become(conditionAfter(this.#condition, outcome));
  }

  #become(condition: NodeCondition): void {
    const before = this.#condition;
    if (condition === before || this.#isStopped) return;
    this.#condition = condition;
    if (condition.state === 'up') this.#disappointments = 0;
    if (condition.state === 'down' && before.state !== 'down') this.#fallen(condition);
    this.#deps.onChange(this.server, condition, before);
  }

  #fallen({ needsProof }: NodeCondition): void {
    this.#arm(this.#recoveryMs());
    if (!needsProof) return;
    this.#disappointments += 1;
    // Perhaps it is the connection that is at fault; a new one is tried next.
    this.#deps.servers.established(this.server)?.close('the server answers no request');
  }
}
