import { createSecureContext } from 'node:tls';
import type { Clock } from '../../platform/clock.js';
import type { PhoneOptions, PhoneTarget, PhoneTiming } from '../sip/phone/phone-options.js';
import { PhoneCrowd } from '../sip/phone/phone-crowd.js';
import { signInForPhones } from '../sip/phone/phone-sign-in.js';
import type { UcDevice } from '../uc-server/uc-model.js';
import type { Estate } from './estate.js';

export interface EstatePhones {
  readonly phones: number;
  /** Whether the phones with this number follow when they are led to another node; all do unless it says otherwise. */
  readonly isCapable?: (index: number) => boolean;
  readonly timing?: Partial<PhoneTiming>;
  /** Below the edge's rate of new connections, since all phones have one address. */
  readonly startsPerSecond?: number;
  /** TLS unless it says otherwise. */
  readonly protocol?: 'TCP' | 'TLS';
  readonly clock: Clock;
}

/** So many devices one user has: no more than one grant names. */
const devicesPerUser = 50;
const password = 'lab';

function deviceOf(index: number): UcDevice {
  return {
    id: `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`,
    name: `CSFPHONE${index}`,
    model: 'Cisco Unified Client Services Framework',
    description: `Phone ${index} of the lab`,
    protocol: 'SIP',
  };
}

/** The way to the same edge without TLS. */
function overTcp(estate: Estate, { flow }: PhoneTarget): PhoneTarget {
  const port = estate.layout.edges.find(({ host }) => host === flow.host)?.sipTcpPort ?? flow.port;
  return { flow: { ...flow, protocol: 'TCP', port } };
}

/** Makes a user with devices, and signs it in; every second sign-in goes through the next edge. */
async function admit(estate: Estate, userName: string, devices: readonly UcDevice[], turn: number) {
  await estate.unifiedCm.putUser({ userName, password, devices });
  const edges = estate.layout.edges.map(({ host }) => [host, '127.0.0.1'] as const);
  const client = estate.newClient({ userName, password });
  const targets = await signInForPhones(client, Object.fromEntries(edges));
  const others = estate.layout.edges.flatMap(({ host, sipTlsPort: port }): readonly PhoneTarget[] => {
    if (targets.some(({ flow }) => flow.host === host)) return [];
    return [{ flow: { protocol: 'TLS', host, port, address: '127.0.0.1' } }];
  });
  const all = [...targets, ...others];
  const first = turn % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

/** Phones outside an estate, whose users have signed in; none is started yet. */
export async function newEstatePhones(estate: Estate, options: EstatePhones): Promise<PhoneCrowd> {
  const { phones, clock, isCapable = () => true, timing = {}, startsPerSecond = 60, protocol = 'TLS' } = options;
  const trust = { secureContext: createSecureContext({ ca: estate.ca }), sessions: new Map<string, Buffer>() };
  const [registrar = ''] = estate.layout.ucHosts;
  const made: Omit<PhoneOptions, 'log' | 'clock' | 'observer'>[] = [];
  for (let from = 0; from < phones; from += devicesPerUser) {
    const count = Math.min(devicesPerUser, phones - from);
    const devices = Array.from({ length: count }, (_, index) => deviceOf(from + index));
    const turn = from / devicesPerUser;
    const [first, ...others] = await admit(estate, `crowd${turn}`, devices, turn);
    if (first === undefined) continue;
    const way = (target: PhoneTarget) => (protocol === 'TLS' ? target : overTcp(estate, target));
    for (const [index, { name: device }] of devices.entries()) {
      const user = `7${String(from + index).padStart(5, '0')}`;
      made.push({
        ...{ device, user, registrar, trust, timing, capable: isCapable(from + index) },
        targets: [way(first), ...others.map(way)],
      });
    }
  }
  return new PhoneCrowd({ phones: made, startsPerSecond, clock });
}
