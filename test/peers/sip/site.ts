import type { TestContext } from 'node:test';
import type { Documents } from '../../runtime/access/access-kit.js';
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

function documentsOf({ registrationMode = 'contact', transport = {} }: SiteOptions): readonly Documents[] {
  const registration = { minimumExpiresSeconds: 10 };
  const spec = { registrationMode, registration, connectionRate: { mode: 'off' }, ...transport };
  return [{ kind: 'SipTransport', name: 'default', spec }];
}

/** Edge and core before a Kamailio, and SIPp on either side of them. */
export class Site {
  readonly scene: SipScene;
  readonly kamailio: Kamailio;
  readonly #t: TestContext;
  readonly #options: SiteOptions;

  private constructor(t: TestContext, scene: SipScene, kamailio: Kamailio, options: SiteOptions) {
    this.#t = t;
    this.#options = options;
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
    const scene = await SipScene.of(t, { registrarPort: kamailio.port, documents: documentsOf(options) });
    return new Site(t, scene, kamailio, options);
  }

  /** Puts another SipTransport in force everywhere, without a pause. */
  async swap(transport: Readonly<Record<string, unknown>>): Promise<void> {
    const before = this.#options.transport ?? {};
    await this.scene.apply(documentsOf({ ...this.#options, transport: { ...before, ...transport } }));
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
