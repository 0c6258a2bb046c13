import type { IncomingMessage } from 'node:http';
import { readBasicCredentials } from '../http/basic-credentials.js';
import { hasBearerToken, sameText } from '../http/bearer-token.js';

/** Who may use the appliance: an account of its own, or a token. */
export interface ApplianceAccount {
  readonly userName: string;
  readonly password: string;
  readonly token: string;
}

/** Tells whether a request carries the account's credentials in either form. */
export function mayUse(account: ApplianceAccount, request: IncomingMessage): boolean {
  const basic = readBasicCredentials(request.headers.authorization);
  if (basic === undefined) return hasBearerToken(request, account.token);
  return sameText(`${basic.userName}:${basic.password}`, `${account.userName}:${account.password}`);
}
