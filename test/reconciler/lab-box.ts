import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabAppliance } from '../../src/lab/appliance/lab-appliance.js';
import { allKinds } from '../../src/model/kinds.js';
import type { NodeRef } from '../../src/model/plan.js';
import { Secret } from '../../src/platform/secret.js';
import { noCrash, type CrashHook } from '../../src/reconciler/crash-hook.js';
import { ApplianceClient } from '../../src/reconciler/driver/appliance/appliance-client.js';
import { ApplianceJournal } from '../../src/reconciler/driver/appliance/appliance-journal.js';
import { Appliance } from '../../src/reconciler/driver/appliance/appliance.js';
import { HttpsClient } from '../../src/reconciler/driver/https-client.js';
import { FakeClock } from '../fake-clock.js';
import type { LabTls } from './lab-nodes.js';

const account = { userName: 'admin', password: 'secret', token: 'the-token-of-the-box' };

/** A stand-in appliance over TLS, and what a reconciler remembers of it in a directory of its own. */
export class LabBox {
  readonly box: LabAppliance;
  readonly #directory: string;
  #url = '';

  constructor(
    readonly ref: NodeRef,
    private readonly tls: LabTls,
  ) {
    const certificate = { certificate: readFileSync(tls.certFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') };
    this.box = new LabAppliance({ certificate, account, kinds: allKinds });
    this.#directory = mkdtempSync(join(tls.directory, 'steps-'));
  }

  async start(): Promise<void> {
    this.#url = `https://127.0.0.1:${await this.box.start()}`;
  }

  /** The appliance as a process sees it that begins now. */
  async open(crash: CrashHook = noCrash): Promise<Appliance> {
    const clock = new FakeClock();
    const token = new Secret(account.token);
    const client = new HttpsClient({ node: this.ref.name, url: this.#url, token, ca: this.tls.ca }, clock);
    const journal = await ApplianceJournal.open(join(this.#directory, `${this.ref.name}.jsonl`), crash);
    return new Appliance(this.ref, new ApplianceClient(this.ref.name, client), journal, clock);
  }
}
