import { stat } from 'node:fs/promises';
import type { Clock, Timer } from './clock.js';
import type { Log } from './log.js';

/** Something in use that was read from files and can be read again. */
export interface FilePart {
  /** Stands in the log. */
  readonly name: string;
  readonly files: readonly string[];
  /** Reads the files and uses what they say for everything new; when it rejects, what was read before stays in use. */
  reload(): Promise<void>;
}

const lookEveryMs = 30_000;

/** Changes with the content of a file, also behind a symbolic link that was moved. */
async function stampOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs].join(' ');
  } catch {
    return 'missing';
  }
}

async function stampsOf({ files }: FilePart): Promise<string> {
  return (await Promise.all(files.map(stampOf))).join('\n');
}

/** Reads files again that changed, looked at every 30 s, and all of them when it is asked to. What cannot be used is told once and left out. */
export class FileReload {
  readonly name = 'files';
  readonly #stamps = new Map<FilePart, string>();
  #timer: Timer | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(
    private readonly parts: readonly FilePart[],
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    for (const part of this.parts) this.#stamps.set(part, await stampsOf(part));
    this.#arm();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#turn;
  }

  /** Reads every file again, changed or not; resolves when all have been tried. */
  async reload(): Promise<void> {
    await this.#inTurn(() => true);
  }

  #arm(): void {
    if (this.#isStopped) return;
    const look = () => void this.#inTurn((part, stamp) => this.#stamps.get(part) !== stamp).then(() => this.#arm());
    this.#timer = this.clock.after(lookEveryMs, look, { idle: true });
  }

  #inTurn(isDue: (part: FilePart, stamp: string) => boolean): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      for (const part of this.parts) await this.#reloadIf(part, isDue);
    });
    return this.#turn;
  }

  async #reloadIf(part: FilePart, isDue: (part: FilePart, stamp: string) => boolean): Promise<void> {
    // Taken before the files are read: what changes while they are is noticed the next time.
    const stamp = await stampsOf(part);
    if (this.#isStopped || !isDue(part, stamp)) return;
    this.#stamps.set(part, stamp);
    const { name, files } = part;
    try {
      await part.reload();
      this.log.info({ name, files }, 'files read again');
    } catch (error) {
      this.log.error({ name, files, err: error }, 'changed files cannot be used; the old ones stay in use');
    }
  }
}
