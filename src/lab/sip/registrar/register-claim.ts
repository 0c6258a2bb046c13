import { headerParameters, readUri, unquoted, uriIn } from '../wire/sip-address.js';
import { type SipRequest, fieldOf, listOf } from '../wire/sip-message.js';

/** What a REGISTER asks for. */
export interface RegisterClaim {
  readonly device: string;
  readonly user: string;
  /** Undefined when it only asks what is registered, or takes everything away with `*`. */
  readonly contact: string | undefined;
  readonly leaves: boolean;
  readonly path: readonly string[];
  /** The client said `x-cisco-mra-ha=AR_SK`, in Contact or Supported. */
  readonly isCapable: boolean;
}

/** A MAC address as the last twelve digits of a phone's instance. */
function phoneOfInstance(instance: string | undefined): string | undefined {
  const mac = /^<urn:uuid:00000000-0000-0000-0000-([0-9a-f]{12})>$/i.exec(unquoted(instance ?? ''))?.[1];
  return mac === undefined ? undefined : `SEP${mac.toUpperCase()}`;
}

function leaves(request: SipRequest, contact: string | undefined): boolean {
  const ofContact = contact === undefined ? undefined : headerParameters(contact).get('expires');
  return (ofContact ?? fieldOf(request, 'Expires')) === '0';
}

/** Reads a REGISTER; undefined when its To or Contact is no address. */
export function readClaim(request: SipRequest): RegisterClaim | undefined {
  const user = readUri(uriIn(fieldOf(request, 'To') ?? ''))?.user ?? '';
  const [first] = listOf(request, 'Contact');
  const contact = first === '*' ? undefined : first;
  if (user === '' || (contact !== undefined && readUri(uriIn(contact)) === undefined)) return undefined;
  const parameters = headerParameters(contact ?? '');
  const named = parameters.get('+u.sip!devicename.ccm.cisco.com');
  const supported = listOf(request, 'Supported').join(',');
  return {
    device: (named === undefined ? phoneOfInstance(parameters.get('+sip.instance')) : unquoted(named)) ?? user,
    user,
    contact,
    leaves: leaves(request, first),
    path: listOf(request, 'Path'),
    isCapable: parameters.get('x-cisco-mra-ha') === 'AR_SK' || supported.includes('x-cisco-mra-ha=AR_SK'),
  };
}
