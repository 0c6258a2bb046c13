import { frameTypes } from './frame.js';

export interface FrameCount {
  readonly direction: 'sent' | 'received';
  readonly type: string;
  readonly count: number;
}

const names = ['unknown', ...Object.keys(frameTypes)];

/** How many frames of each type went over all links of a node. */
export class FrameCounts {
  readonly #sent = names.map(() => 0);
  readonly #received = names.map(() => 0);

  sent(type: number): void {
    this.#sent[type] = (this.#sent[type] ?? 0) + 1;
  }

  received(type: number): void {
    const known = type < names.length ? type : 0;
    this.#received[known] = (this.#received[known] ?? 0) + 1;
  }

  read(): readonly FrameCount[] {
    return names.flatMap((type, index) => [
      { direction: 'sent' as const, type, count: this.#sent[index] ?? 0 },
      { direction: 'received' as const, type, count: this.#received[index] ?? 0 },
    ]);
  }
}
