import type { Clock, Timer } from '../../../platform/clock.js';
import { detached } from '../message/detached.js';
import { ExpiryWheel } from './expiry-wheel.js';

/** One line of one device, as a 200 to its REGISTER confirmed it. */
export interface Binding {
  /** What tells devices apart: the instance id, or the device name. */
  readonly device: string;
  /** The address-of-record; a device may have several. */
  readonly line: string;
  /** The client's connection to its edge. */
  readonly flow: string;
  /** The node at the other end of the link: on an edge the core, on a core the edge. */
  readonly peer: string;
  /** The UC node that keeps the registration. */
  readonly ucNode: string;
  /** Whether the device follows when it is led to another node. */
  readonly isCapable: boolean;
  /** Whether its calls end when maintenance mode begins. */
  readonly endsInMaintenance?: boolean;
  /** Seconds from now. */
  readonly expiresSeconds: number;
}

/** A device with its bindings. */
export interface RegisteredDevice {
  readonly device: string;
  readonly flow: string;
  readonly peer: string;
  readonly ucNode: string;
  readonly isCapable: boolean;
  readonly endsInMaintenance: boolean;
  readonly lines: ReadonlyMap<string, number>;
}

interface Entry {
  device: string;
  flow: string;
  peer: string;
  ucNode: string;
  isCapable: boolean;
  endsInMaintenance: boolean;
  /** Line to the end of its binding, monotonic milliseconds. */
  readonly lines: Map<string, number>;
  /** When the wheel brings it up next; never after its first binding ends. */
  wakeMs: number;
}

export interface RegistrationCounts {
  /** Devices registered now. */
  readonly current: number;
  /** The most at one time since the node started. */
  readonly peak: number;
}

const lookEveryMs = 1000;
/** Phones have some dozens of lines at most; a binding beyond is not noted, and the device counts by the others. */
const mostLines = 128;

/**
 * The devices registered through a node. A device counts once, however many lines it has, until its last binding ends:
 * unregistered, expired, dropped with its flow, or taken over by another node. Nothing here follows the configuration,
 * so an apply leaves it alone.
 */
export class Registrations {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #byFlow = new Map<string, Set<string>>();
  readonly #perPeer = new Map<string, number>();
  readonly #wheel: ExpiryWheel;
  #peak = 0;
  #timer: Timer | undefined;
  #onCount: () => void = () => undefined;
  #onDevice: (device: string, isHere: boolean) => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wheel = new ExpiryWheel(clock.monotonicMs());
  }

  /** Begins to let bindings expire by themselves. */
  start(onCount: () => void): void {
    this.#onCount = onCount;
    this.#arm();
  }

  /** Who hears of each device that arrives, new or over another flow, and of each that leaves. */
  onDevice(listener: (device: string, isHere: boolean) => void): void {
    this.#onDevice = listener;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  counts(): RegistrationCounts {
    this.#expire();
    return { current: this.#entries.size, peak: this.#peak };
  }

  /** Devices behind one peer. */
  countOf(peer: string): number {
    return this.#perPeer.get(peer) ?? 0;
  }

  find(device: string): RegisteredDevice | undefined {
    return this.#entries.get(device);
  }

  /** Devices registered over a flow. */
  onFlow(flow: string): readonly RegisteredDevice[] {
    return [...(this.#byFlow.get(flow) ?? [])].flatMap((device) => this.#entries.get(device) ?? []);
  }

  hasFlow(flow: string): boolean {
    return this.#byFlow.has(flow);
  }

  /** Notes a binding, new or refreshed; the device is where this binding is from now on. True when the device is new. */
  put(binding: Binding): boolean {
    const { device, line, flow, peer, ucNode, isCapable, endsInMaintenance = false, expiresSeconds } = binding;
    const before = this.#entries.get(device);
    const dueMs = this.#clock.monotonicMs() + expiresSeconds * 1000;
    if (before === undefined) {
      this.#add(binding, dueMs);
      return true;
    }
    if (before.lines.has(line)) before.lines.set(line, dueMs);
    else if (before.lines.size < mostLines) before.lines.set(detached(line), dueMs);
    if (dueMs < before.wakeMs) this.#wake(before, dueMs);
    this.#move(before, flow, peer);
    if (before.ucNode !== ucNode) before.ucNode = detached(ucNode);
    before.isCapable = isCapable;
    before.endsInMaintenance = endsInMaintenance;
    return false;
  }

  /** Ends one binding of a device. */
  remove(device: string, line: string): void {
    const entry = this.#entries.get(device);
    if (entry === undefined || !entry.lines.delete(line)) return;
    if (entry.lines.size === 0) this.#drop(entry);
  }

  /** Ends all bindings of a device, because another node has it now. */
  forget(device: string): void {
    const entry = this.#entries.get(device);
    if (entry !== undefined) this.#drop(entry);
  }

  /** Ends what was registered over a flow, of `peer` alone when it is named; the devices of it. */
  dropFlow(flow: string, peer?: string): readonly string[] {
    const behind = this.onFlow(flow).filter((device) => peer === undefined || device.peer === peer);
    const devices = behind.map(({ device }) => device);
    for (const device of devices) this.forget(device);
    return devices;
  }

  devices(): Iterable<string> {
    return this.#entries.keys();
  }

  /** Ends what is registered behind a peer. */
  dropPeer(peer: string): void {
    for (const entry of [...this.#entries.values()]) if (entry.peer === peer) this.#drop(entry);
  }

  all(): Iterable<RegisteredDevice> {
    return this.#entries.values();
  }

  /** What is kept is copied, as it was cut from a message that would stay in memory with it. */
  #add({ isCapable, flow, peer, endsInMaintenance = false, ...texts }: Binding, dueMs: number): void {
    const [device, line, ucNode] = [detached(texts.device), detached(texts.line), detached(texts.ucNode)];
    const entry = { device, flow, peer, ucNode, isCapable, endsInMaintenance };
    this.#entries.set(device, { ...entry, lines: new Map([[line, dueMs]]), wakeMs: dueMs });
    this.#wheel.add(device, dueMs);
    this.#join(device, flow, peer);
    this.#counted();
    this.#onDevice(device, true);
  }

  #arm(): void {
    this.#timer = this.#clock.after(
      lookEveryMs,
      () => {
        this.#expire();
        this.#arm();
      },
      { idle: true },
    );
  }

  #expire(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const device of this.#wheel.due(nowMs)) {
      const entry = this.#entries.get(device);
      // What was added before a sooner end was known comes up in vain.
      if (entry !== undefined && entry.wakeMs <= nowMs) this.#expireLines(entry, nowMs);
    }
  }

  #wake(entry: Entry, dueMs: number): void {
    entry.wakeMs = dueMs;
    this.#wheel.add(entry.device, dueMs);
  }

  #expireLines(entry: Entry, nowMs: number): void {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [line, dueMs] of entry.lines) {
      if (dueMs <= nowMs) entry.lines.delete(line);
      else nextMs = Math.min(nextMs, dueMs);
    }
    if (entry.lines.size === 0) this.#drop(entry);
    else this.#wake(entry, nextMs);
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry.device);
    this.#leave(entry);
    this.#onCount();
    this.#onDevice(entry.device, false);
  }

  #counted(): void {
    this.#peak = Math.max(this.#peak, this.#entries.size);
    this.#onCount();
  }

  #move(entry: Entry, flow: string, peer: string): void {
    if (entry.flow === flow && entry.peer === peer) return;
    this.#leave(entry);
    entry.flow = flow;
    entry.peer = peer;
    this.#join(entry.device, flow, peer);
    this.#onCount();
    this.#onDevice(entry.device, true);
  }

  #join(device: string, flow: string, peer: string): void {
    const devices = this.#byFlow.get(flow);
    if (devices === undefined) this.#byFlow.set(flow, new Set([device]));
    else devices.add(device);
    this.#perPeer.set(peer, (this.#perPeer.get(peer) ?? 0) + 1);
  }

  #leave({ device, flow, peer }: Entry): void {
    const devices = this.#byFlow.get(flow);
    devices?.delete(device);
    if (devices?.size === 0) this.#byFlow.delete(flow);
    const left = (this.#perPeer.get(peer) ?? 1) - 1;
    if (left > 0) this.#perPeer.set(peer, left);
    else this.#perPeer.delete(peer);
  }
}
