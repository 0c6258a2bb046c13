import { createSecureContext } from 'node:tls';
import { readFileSync } from 'node:fs';
import { writeLabCertificates } from '../../../src/lab/certificates/lab-certificates.js';
import type { Credential } from '../../../src/lab/certificates/authority.js';
import { OperationLog } from '../../../src/lab/client/operation-log.js';
import { LabPhone } from '../../../src/lab/sip/phone/lab-phone.js';
import type { PhoneOptions } from '../../../src/lab/sip/phone/phone-options.js';
import { LabRegistrar, type LabRegistrarOptions } from '../../../src/lab/sip/registrar/lab-registrar.js';
import { systemClock } from '../../../src/platform/clock.js';
import { temporaryDirectory } from '../lab-directory.js';

export const ucHost = 'cucm-1.lab.example';

/** A certificate for the UC node, and the CA that signed it. */
export async function labCertificate(): Promise<{ readonly certificate: Credential; readonly ca: string }> {
  const servers = [{ name: ucHost, hosts: [{ type: 'dns', value: ucHost } as const] }];
  const options = { servers, clients: [], cores: [], nodes: [] };
  const paths = await writeLabCertificates(temporaryDirectory(), options, systemClock);
  const { certFile, keyFile } = paths.server(ucHost);
  const certificate = { certificate: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  return { certificate, ca: readFileSync(paths.authority.certFile, 'utf8') };
}

/** A registrar of one node on loopback, started. */
export async function startRegistrar(options: Partial<LabRegistrarOptions> = {}): Promise<LabRegistrar> {
  const registrar = new LabRegistrar({
    nodes: [{ host: ucHost, address: '127.0.0.1' }],
    ports: { port: 0, tlsPort: 0 },
    clock: systemClock,
    ...options,
  });
  await registrar.start();
  return registrar;
}

/** A phone that registers at the registrar itself over TCP; `CSFADA` of ada unless the options say otherwise. */
export function directPhone(port: number, options: Partial<PhoneOptions> = {}): LabPhone {
  return new LabPhone({
    device: 'CSFADA',
    user: 'ada',
    registrar: ucHost,
    targets: [{ flow: { protocol: 'TCP', host: '127.0.0.1', port } }],
    log: new OperationLog(),
    clock: systemClock,
    timing: { comeBackJitterMs: 5, retryMs: 20, longestRetryMs: 100 },
    ...options,
  });
}

/** What a TLS flow trusts. */
export function trustIn(ca: string) {
  return { secureContext: createSecureContext({ ca }) };
}

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await systemClock.sleep(2);
}
