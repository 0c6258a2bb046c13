import { createHmac, randomUUID } from 'node:crypto';

/** The reconciler's own interface, as a Git server and a monitoring system use it. */
export class ReconcilerClient {
  readonly #origin: string;
  readonly #token: string;
  readonly #webhookSecret: string;

  constructor(port: number, token: string, webhookSecret: string) {
    this.#origin = `http://127.0.0.1:${port}`;
    this.#token = token;
    this.#webhookSecret = webhookSecret;
  }

  /** Says that something was pushed. */
  async push(): Promise<void> {
    const body = JSON.stringify({ ref: 'refs/heads/main' });
    const headers = {
      'content-type': 'application/json',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', this.#webhookSecret).update(body).digest('hex')}`,
    };
    const { status } = await fetch(`${this.#origin}/webhook`, { method: 'POST', headers, body });
    if (status !== 202) throw new Error(`the webhook answered ${status}`);
  }

  /** How many passes ended so far, however they did. */
  async passes(): Promise<number> {
    const answer = await fetch(`${this.#origin}/metrics`, { headers: { authorization: `Bearer ${this.#token}` } });
    const lines = (await answer.text()).matchAll(/^fairlead_passes_total\{outcome="[^"]+"\} (\d+)$/gm);
    return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
  }
}
