import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isSameSecret } from '../../../platform/same-secret.js';
import { Secret } from '../../../platform/secret.js';
import { internalPrefix } from '../internal-fields.js';

/** Tells the probes of this process from clients: no one else knows what stands in their field. */
export interface ProbePass {
  readonly fields: Readonly<Record<string, string>>;
  isShownBy(request: { readonly headers: IncomingHttpHeaders }): boolean;
}

const field = `${internalPrefix}probe`;

export function newProbePass(): ProbePass {
  const secret = new Secret(randomBytes(32).toString('hex'));
  return {
    fields: { [field]: secret.reveal() },
    isShownBy: ({ headers }) => {
      const shown = headers[field];
      return typeof shown === 'string' && isSameSecret(shown, secret);
    },
  };
}
