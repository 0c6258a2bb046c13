import { Agent, type Dispatcher } from 'undici';
import { FairleadError } from '../../errors.js';
import { isRecord } from '../../model/json.js';
import { RemoteSipControl } from '../sip/registrar/remote-sip-control.js';
import type { SipCommand } from '../sip/registrar/sip-command.js';
import type { SipControl } from '../sip/registrar/sip-control.js';
import type { UcCommand } from './uc-command.js';
import type { UcControl, UcRecord } from './uc-control.js';
import { ucControlPaths } from './uc-control-server.js';
import type { UcFault } from './uc-fault.js';
import type { NewUcUser } from './uc-model.js';

/** Looks only as far as another program on the port would be noticed: both ends are one version. */
function isRecordOfStandIn(value: unknown): value is UcRecord {
  if (!isRecord(value) || !isRecord(value['counts'])) return false;
  return Array.isArray(value['requests']) && Array.isArray(value['unscripted']);
}

/** Drives a stand-in that runs in another process; every call rejects with a FairleadError when it is refused. */
export class RemoteUcControl implements UcControl {
  readonly sip: SipControl = new RemoteSipControl((command) => this.#sendSip(command));
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent = new Agent({ connections: 8 });

  constructor(port: number, token: string) {
    this.#origin = `http://127.0.0.1:${port}`;
    this.#headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  }

  async setFault(host: string, fault?: UcFault): Promise<void> {
    await this.#send(fault === undefined ? { command: 'set-fault', host } : { command: 'set-fault', host, fault });
  }

  async setLatency(host: string, latencyMs: number): Promise<void> {
    await this.#send({ command: 'set-latency', host, latencyMs });
  }

  async setPassword(userName: string, password: string): Promise<void> {
    await this.#send({ command: 'set-password', userName, password });
  }

  async setEnabled(userName: string, enabled: boolean): Promise<void> {
    await this.#send({ command: 'set-enabled', userName, enabled });
  }

  /** Only the name and password travel; the rest of the user is the default. */
  async putUser({ userName, password, devices }: NewUcUser): Promise<void> {
    const user = { userName, password, ...(devices !== undefined && { devices }) };
    await this.#send({ command: 'put-user', user });
  }

  async setListed(host: string, listed: boolean): Promise<void> {
    await this.#send({ command: 'set-listed', host, listed });
  }

  async record(): Promise<UcRecord> {
    const { body } = await this.#request({ method: 'GET', path: ucControlPaths.record });
    const record = await body.json();
    if (isRecordOfStandIn(record)) return record;
    throw new FairleadError('node.bad-request', 'what answers on the control port is not a stand-in Unified CM');
  }

  async forgetRecord(): Promise<void> {
    await this.#send({ command: 'forget-record' });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(command: UcCommand): Promise<void> {
    const { body } = await this.#request({
      method: 'POST',
      path: ucControlPaths.command,
      body: JSON.stringify(command),
    });
    await body.dump();
  }

  async #sendSip(command: SipCommand): Promise<unknown> {
    const { body } = await this.#request({ method: 'POST', path: ucControlPaths.sip, body: JSON.stringify(command) });
    const answer = await body.json();
    return isRecord(answer) ? answer['result'] : undefined;
  }

  async #request(options: Pick<Dispatcher.RequestOptions, 'method' | 'path' | 'body'>) {
    const answer = await this.#agent.request({ ...options, origin: this.#origin, headers: this.#headers });
    if (answer.statusCode === 200) return answer;
    const detail = await answer.body.text();
    throw new FairleadError('node.bad-request', `the stand-in answered ${answer.statusCode}: ${detail.slice(0, 400)}`);
  }
}
