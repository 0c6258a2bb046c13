import type { Meter } from '../../../platform/meter.js';
import type { FrameCounts } from './frame-counts.js';
import type { PeerLink } from './peer-link.js';

/** Measures all signalling links of a node. */
export function measureSignalling(meter: Meter, counts: FrameCounts, links: readonly PeerLink[]): void {
  meter.gauge(
    'fairlead_signalling_links_up',
    'Signalling links that carry SIP.',
    () => links.filter(({ isUp }) => isUp).length,
  );
  meter.total('fairlead_signalling_link_ups_total', 'How often a signalling link came up.', ['peer'], () =>
    links.map(({ peer, timesUp }) => ({ labels: { peer }, value: timesUp })),
  );
  meter.total('fairlead_signalling_frames_total', 'Frames over signalling links.', ['direction', 'type'], () =>
    counts.read().map(({ direction, type, count }) => ({ labels: { direction, type }, value: count })),
  );
}
