import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.js';
import type { ProcessEnvironment } from '../estate/estate-process.js';
import { type Estate, newEstate } from '../estate/estate.js';
import { tellDrift } from './chapters/drift.js';
import { tellFirstCommit } from './chapters/first-commit.js';
import { tellHarmful } from './chapters/harmful.js';
import { tellInvalid } from './chapters/invalid.js';
import { tellKilled } from './chapters/killed.js';
import { tellLimit } from './chapters/limit.js';
import { tellPhones } from './chapters/phones.js';
import { ClusterView } from './cluster-view.js';
import { Narrator } from './narrator.js';
import { ReconcilerView } from './reconciler-view.js';
import type { Chapter, Story } from './story.js';
import { whatToTry } from './what-to-try.js';

/** What the demo takes from the process it runs in. */
export interface DemoOptions {
  out(text: string): void;
  readonly colour: boolean;
  readonly clock: Clock;
  readonly environment: ProcessEnvironment;
  /** A new or empty directory that is kept; a temporary one that is removed unless it is given. */
  readonly directory?: string;
  /** Keeps everything running after the story until the signal aborts. */
  readonly stay: boolean;
  readonly signal: AbortSignal;
  /** How a person calls the command line of this installation. */
  readonly program: string;
}

const chapters: readonly Chapter[] = [
  tellFirstCommit,
  tellLimit,
  tellDrift,
  tellInvalid,
  tellKilled,
  tellHarmful,
  tellPhones,
];

const introduction = `Fairlead demo: a lab (stand-in call managers and phones, not real ones), an edge, two cores, a Git repository and the
reconciler, each a real process on loopback. Every step is checked; the times are of this run.
`;

function newStory(estate: Estate, narrator: Narrator, clock: Clock): Story {
  const cluster = new ClusterView(estate);
  return { estate, narrator, cluster, reconciler: new ReconcilerView(estate), client: estate.newClient(), clock };
}

async function tell(story: Story, signal: AbortSignal): Promise<void> {
  for (const chapter of chapters) {
    if (signal.aborted || story.narrator.ends.some(({ held }) => !held)) return;
    await chapter(story);
  }
}

function summary({ narrator }: Story, seconds: number): string {
  const failed = narrator.ends.filter(({ held }) => !held);
  const count = `${narrator.ends.length - failed.length} of ${narrator.ends.length} steps held`;
  return `\n${narrator.style(failed.length === 0 ? 'green' : 'red', count)} in ${seconds.toFixed(1)} s\n`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function perform(options: DemoOptions, directory: string): Promise<boolean> {
  const { clock, environment, signal } = options;
  const narrator = new Narrator(options);
  const estate = await newEstate({
    directory,
    environment,
    clock,
    cores: 2,
    unifiedCmApart: true,
    confirmDeadlineSeconds: 10,
    probeTimeoutSeconds: 3,
  });
  try {
    const startMs = clock.monotonicMs();
    await estate.startNodes();
    const story = newStory(estate, narrator, clock);
    await tell(story, signal);
    options.out(summary(story, (clock.monotonicMs() - startMs) / 1000));
    const isWhole = !signal.aborted && narrator.ends.length > 0 && narrator.ends.every(({ held }) => held);
    if (options.stay && !signal.aborted) {
      options.out(whatToTry(estate, options.program));
      await aborted(signal);
    }
    return isWhole;
  } finally {
    await estate.stop();
  }
}

/** Tells the whole story; true when every step held. A run whose step did not hold keeps its directory, with the logs. */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'fairlead-demo-')));
  options.out(`${introduction}Everything is in ${directory}\n`);
  const isWhole = await perform(options, directory);
  if (!isWhole) options.out(`The logs are in ${join(directory, 'logs')}\n`);
  else if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
  return isWhole;
}
