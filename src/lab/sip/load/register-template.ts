/** What the REGISTERs of a load have in common. */
export interface RegisterTemplate {
  /** Host of the request URI and of the addresses. */
  readonly registrar: string;
  /** A whole Route value. */
  readonly route?: string;
  /** Size of the whole message; shorter ones are filled up with a header of their own. */
  readonly messageBytes?: number;
  readonly expiresSeconds?: number;
  /** The device that a number stands for; `CSF<number>` unless it says otherwise. */
  readonly device?: (number: number) => string;
}

/** Where a REGISTER of the load comes from. */
export interface LoadTurn {
  readonly branch: string;
  /** Which of the devices it registers, from 0. */
  readonly device: number;
  /** How often that device has registered before. */
  readonly turn: number;
  readonly protocol: 'TCP' | 'TLS';
  readonly localAddress: string;
  readonly localPort: number;
}

function filler(length: number): string {
  return length < 12 ? '' : `X-Filler: ${'x'.repeat(length - 12)}\r\n`;
}

/** A REGISTER of about 1 kB as text in latin1, quick to make. */
export function registerText(template: RegisterTemplate, from: LoadTurn): string {
  const { registrar, route, messageBytes = 1000, expiresSeconds = 3600 } = template;
  const device = template.device?.(from.device) ?? `CSF${from.device}`;
  const sentBy = `${from.localAddress}:${from.localPort}`;
  const head =
    `REGISTER sip:${registrar} SIP/2.0\r\n` +
    `Via: SIP/2.0/${from.protocol} ${sentBy};branch=${from.branch};rport\r\n` +
    'Max-Forwards: 70\r\n' +
    (route === undefined ? '' : `Route: ${route}\r\n`) +
    `From: <sip:${device}@${registrar}>;tag=l${from.device}\r\n` +
    `To: <sip:${device}@${registrar}>\r\n` +
    `Call-ID: load-${from.device}@${from.localAddress}\r\n` +
    `CSeq: ${from.turn + 1} REGISTER\r\n` +
    `Contact: <sip:${device}@${sentBy};transport=${from.protocol.toLowerCase()}>` +
    `;+sip.instance="<urn:uuid:00000000-0000-0000-0000-${String(from.device).padStart(12, '0')}>"` +
    `;+u.sip!devicename.ccm.cisco.com="${device}";+u.sip!model.ccm.cisco.com="503"\r\n` +
    'Supported: path\r\n' +
    `Expires: ${expiresSeconds}\r\n`;
  const tail = 'Content-Length: 0\r\n\r\n';
  return head + filler(messageBytes - head.length - tail.length) + tail;
}
