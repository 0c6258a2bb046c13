import type { TestContext } from 'node:test';
import { SipScene } from '../../runtime/sip/sip-kit.js';
import { Kamailio, type KamailioOptions } from './kamailio.js';
import { type Play, Sipp } from './sipp.js';

export type RegistrationMode = 'contact' | 'path';
export const registrationModes: readonly RegistrationMode[] = ['contact', 'path'];

export interface SiteOptions extends KamailioOptions {
  readonly registrationMode?: RegistrationMode;
  /** Of SipTransport. */
  readonly transport?: Readonly<Record<string, unknown>>;
}

/** Edge and core before a Kamailio, and SIPp on either side of them. */
export class Site {
  readonly scene: SipScene;
  readonly kamailio: Kamailio;
  readonly #t: TestContext;

  private constructor(t: TestContext, scene: SipScene, kamailio: Kamailio) {
    this.#t = t;
    this.scene = scene;
    this.kamailio = kamailio;
  }

  /** Undefined where the programs cannot be had; the test says so and is skipped. */
  static async of(t: TestContext, options: SiteOptions = {}): Promise<Site | undefined> {
    const kamailio = Sipp.isThere() ? await Kamailio.of(t, options) : undefined;
    if (kamailio === undefined) {
      t.skip('SIPp and Kamailio are not installed, and only root can install them');
      return undefined;
    }
    const { registrationMode = 'contact', transport = {} } = options;
    const registration = { minimumExpiresSeconds: 10 };
    const spec = { registrationMode, registration, connectionRate: { mode: 'off' }, ...transport };
    const documents = [{ kind: 'SipTransport' as const, name: 'default', spec }];
    return new Site(t, await SipScene.of(t, { registrarPort: kamailio.port, documents }), kamailio);
  }

  /** The port of the edge that phones without TLS use. */
  get edgePort(): number {
    return this.scene.edge.sip.ports().sipTcp ?? 0;
  }

  /** A SIPp that stands outside, before the edge. */
  outside(play: Omit<Play, 'port'>): Promise<Sipp> {
    return Sipp.play(this.#t, { ...play, port: this.edgePort });
  }

  /** A SIPp beside Kamailio, over UDP. */
  inside(play: Omit<Play, 'port'>): Promise<Sipp> {
    return Sipp.play(this.#t, { transport: 'u1', ...play, port: this.kamailio.port });
  }
}
