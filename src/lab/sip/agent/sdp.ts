import { isIP } from 'node:net';

/** A session description of one audio stream (RFC 8866), for an offer or an answer alike. */
export function audioDescription(address: string, port: number): string {
  const family = isIP(address) === 6 ? 'IP6' : 'IP4';
  return [
    'v=0',
    `o=lab 1 1 IN ${family} ${address}`,
    's=lab',
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 0`,
    'a=rtpmap:0 PCMU/8000',
    'a=sendrecv',
    '',
  ].join('\r\n');
}
