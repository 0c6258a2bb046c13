import type { Clock } from '../../../platform/clock.js';
import { withTimeLimit } from '../../../platform/time-limit.js';
import type { AuthorizerSettings } from './authorizer.js';
import type { CoreSettings } from './core-settings.js';
import type { UdsClient } from './uds-client.js';
import { signIn } from './uds-sign-in.js';

/** A sign-in goes on when the client goes away: others may wait for the same word. */
const unhurried = new AbortController().signal;

/** A compiled snapshot that serves requests, and waits for them before it lets its connections go. */
export class Serving {
  readonly settings: CoreSettings;
  readonly authorizer: AuthorizerSettings;
  #users = 0;
  #onIdle: (() => void) | undefined;

  /** All calls of one sign-in together may take as long as one UC server may be silent. */
  constructor(settings: CoreSettings, uds: UdsClient, clock: Clock) {
    const { limit, refreshIntervalMs, clusters, http } = settings;
    this.settings = settings;
    this.authorizer = {
      limit,
      refreshIntervalMs,
      credentialsAccepted: settings.signIn.userCredentials,
      signInUpstream: (credentials) =>
        withTimeLimit(clock, http.upstreamTimeoutSeconds * 1000, unhurried, (signal) =>
          signIn(uds, clusters, credentials, signal),
        ),
    };
  }

  /** Runs a task that needs the snapshot to its end. */
  async use<T>(task: (serving: Serving) => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await task(this);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) this.#onIdle?.();
    }
  }

  /** Lets its connections go once no task uses them. */
  async release(): Promise<void> {
    if (this.#users > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    await this.settings.release();
  }
}
