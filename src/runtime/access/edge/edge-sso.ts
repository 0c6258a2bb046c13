import type { AccessControlSpec } from '../../../model/generated/kinds.js';
import type { Answer } from '../answer.js';

/**
 * The answer to `get_edge_sso`, the same for everybody and given without asking inside, so that it tells nobody which
 * users exist. Its body is published nowhere; this is a document of our own that says no single sign-on is to be had.
 */
export function edgeSsoAnswer(signIn: AccessControlSpec['signIn']): Answer {
  const credentials = signIn.userCredentials ? 'true' : 'false';
  return {
    status: 200,
    text:
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<getEdgeSsoResponse version="1.0"><sso>false</sso><oauth>false</oauth>` +
      `<userCredentials>${credentials}</userCredentials></getEdgeSsoResponse>`,
    fields: { 'content-type': 'text/xml; charset=utf-8' },
  };
}
