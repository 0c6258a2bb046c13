import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Server, createServer } from 'node:https';
import { isRecord } from '../../model/json.js';
import type { Credential } from '../certificates/authority.js';
import { readJsonBody, sendJson } from '../http/json-exchange.js';
import { closeListener, listenOn } from '../listener.js';
import { standInFor } from '../stand-in.js';
import { type ApplianceAccount, mayUse } from './appliance-access.js';
import type { ApplianceFault, ApplianceFaultRule } from './appliance-fault.js';
import { type ApplianceChange, ApplianceStore } from './appliance-store.js';
import {
  type ApplianceMessage,
  type ApplianceStatus,
  type ApplianceWrite,
  applianceBodyLimitBytes,
  appliancePaths,
} from './contract.js';

export interface LabApplianceOptions {
  readonly certificate: Credential;
  readonly account: ApplianceAccount;
  /** Kinds it takes. */
  readonly kinds: readonly string[];
}

interface Place {
  readonly kind: string;
  readonly name: string;
}

function placeOf(url: string): Place | undefined {
  const prefix = `${appliancePaths.resources}/`;
  const [kind = '', name = '', ...rest] = url.startsWith(prefix) ? url.slice(prefix.length).split('/') : [];
  if (kind === '' || name === '' || rest.length > 0) return undefined;
  try {
    return { kind: decodeURIComponent(kind), name: decodeURIComponent(name) };
  } catch {
    return undefined;
  }
}

function isWrite(value: unknown): value is ApplianceWrite {
  if (!isRecord(value) || !('spec' in value)) return false;
  const maps = [value['annotations'] ?? {}, value['secrets'] ?? {}];
  return maps.every((map) => isRecord(map) && Object.values(map).every((member) => typeof member === 'string'));
}

function sendMessage(response: ServerResponse, status: number, message: string): void {
  const body: ApplianceMessage = { message };
  sendJson(response, status, body);
}

/** A stand-in appliance (lab: not a real Expressway) that is changed step by step; see `contract.ts` for its wire. */
export class LabAppliance {
  readonly store: ApplianceStore;
  readonly #account: ApplianceAccount;
  readonly #server: Server;
  readonly #changes: ApplianceChange[] = [];
  #rule: ApplianceFaultRule = () => undefined;
  #writes = 0;

  constructor({ certificate, account, kinds }: LabApplianceOptions) {
    this.store = new ApplianceStore(kinds);
    this.#account = account;
    this.#server = createServer({ cert: certificate.certificate, key: certificate.key });
    this.#server.on('request', (request, response) => void this.#serve(request, response));
  }

  /** Listens on 127.0.0.1; port 0 takes a free one. Gives the port. */
  async start(port = 0): Promise<number> {
    return await listenOn(this.#server, '127.0.0.1', port);
  }

  async stop(): Promise<void> {
    const closed = closeListener(this.#server);
    this.#server.closeAllConnections();
    await closed;
  }

  /** Changes that had an effect, oldest first. */
  get changes(): readonly ApplianceChange[] {
    return this.#changes;
  }

  /** Decides from now on how writes go, counted from 1 again; without a rule all go well. */
  setFaults(rule: ApplianceFaultRule = () => undefined): void {
    this.#rule = rule;
    this.#writes = 0;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('server', standInFor('Expressway'));
    if (!mayUse(this.#account, request)) {
      sendMessage(response, 401, 'the credentials are missing or wrong');
      return;
    }
    const place = placeOf(request.url ?? '');
    if (request.method === 'GET') this.#read(request.url, place, response);
    else if (place !== undefined) await this.#write(request, place, response);
    else sendMessage(response, 404, 'there is no such path');
  }

  #read(url: string | undefined, place: Place | undefined, response: ServerResponse): void {
    const found = place === undefined ? undefined : this.store.find(place.kind, place.name);
    if (url === appliancePaths.status) sendJson(response, 200, this.#status());
    else if (url === appliancePaths.resources) sendJson(response, 200, this.store.list());
    else if (found !== undefined) sendJson(response, 200, found);
    else sendMessage(response, 404, 'there is no such resource');
  }

  #status(): ApplianceStatus {
    const { kinds } = this.store;
    return { product: standInFor('Expressway'), version: 'X0.0', kinds, resources: this.store.list().length };
  }

  async #write(request: IncomingMessage, place: Place, response: ServerResponse): Promise<void> {
    const body = await readJsonBody(request, applianceBodyLimitBytes).catch(() => undefined);
    if (request.method === 'DELETE') this.#change({ action: 'delete', ...place }, response);
    else if (request.method !== 'POST') sendMessage(response, 405, 'a resource is created or deleted, not changed');
    else if (isWrite(body)) this.#change({ action: 'create', ...place, write: body }, response);
    else sendMessage(response, 400, 'the body is not a write');
  }

  #change(change: ApplianceChange, response: ServerResponse): void {
    this.#writes += 1;
    const fault = this.#rule(change, this.#writes);
    if (fault?.type === 'cut-before') response.destroy();
    else if (fault?.type === 'status') sendMessage(response, fault.status, 'Internal error');
    else if (fault?.type === 'message') sendMessage(response, 200, fault.message);
    else this.#carryOut(change, fault, response);
  }

  #carryOut(
    change: ApplianceChange,
    fault: Extract<ApplianceFault, { type: 'cut-after' }> | undefined,
    response: ServerResponse,
  ) {
    const before = this.store.list().length;
    const message = this.store.apply(change);
    if (this.store.list().length !== before) this.#changes.push(change);
    if (fault === undefined) sendMessage(response, 200, message);
    else response.destroy();
  }
}
