import type { SipTransportSpec } from '../../model/generated/kinds.js';
import { defaultProxySettings, type ProxySettings } from './proxy/proxy-settings.js';
import { defaultSipTimers } from './transaction/sip-timers.js';

/** What a SipTransport resource says of transactions. */
export function proxySettingsOf({ timers }: SipTransportSpec): ProxySettings {
  const { t1Milliseconds: t1Ms, inviteTimeoutSeconds } = timers;
  return { ...defaultProxySettings, timers: { ...defaultSipTimers, t1Ms, timerCMs: inviteTimeoutSeconds * 1000 } };
}
