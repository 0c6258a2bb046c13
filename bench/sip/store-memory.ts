import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { systemClock as clock } from '../../src/platform/clock.js';
import { Registrations } from '../../src/runtime/sip/registration/registrations.js';

const count = 15_000;

function usedBytes(collect: () => void): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** Text as it comes out of a message: its own, and flat. */
function fresh(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Bytes of heap that one registration takes in the store of a node. */
export function storeBytesPerRegistration(): number {
  setFlagsFromString('--expose-gc');
  const collect = () => {
    runInNewContext('gc()');
  };
  const registrations = new Registrations(clock);
  const before = usedBytes(collect);
  for (let index = 0; index < count; index += 1) {
    registrations.put({
      device: fresh(`CSFPHONE${index}`),
      line: fresh(`sip:7${index}@cucm-1.lab.example`),
      flow: fresh(String(index).padStart(22, 'f')),
      peer: 'core-1',
      ucNode: 'cucm-1.lab.example',
      isCapable: true,
      expiresSeconds: 120,
    });
  }
  const after = usedBytes(collect);
  if (registrations.counts().current !== count) throw new Error('registrations were lost');
  return (after - before) / count;
}
