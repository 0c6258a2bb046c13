const crlf = '\r\n';

/** A REGISTER of a soft client, 1 kB. */
export const register = Buffer.from(
  [
    'REGISTER sip:cucm-1.example.com SIP/2.0',
    'Via: SIP/2.0/TLS 192.168.178.23:52814;branch=z9hG4bK0005d3a1;rport',
    'From: <sip:1001@cucm-1.example.com>;tag=3c5ea6ed3a3a00025f3c2b1a-1a2b3c4d',
    'To: <sip:1001@cucm-1.example.com>',
    'Call-ID: 3c5ea6ed-3a3a0002-0b1c2d3e-4f5a6b7c@192.168.178.23',
    'Max-Forwards: 70',
    'Date: Mon, 23 Nov 2026 10:11:12 GMT',
    'CSeq: 101 REGISTER',
    'User-Agent: Cisco-CSF/14.1.2',
    'Contact: <sip:9f8e7d6c-5b4a-3928-1706-f5e4d3c2b1a0@192.168.178.23:52814;transport=tls>;' +
      '+sip.instance="<urn:uuid:00000000-0000-0000-0000-005056aabbcc>";+u.sip!devicename.ccm.cisco.com="CSFADA";' +
      '+u.sip!model.ccm.cisco.com="503";video;x-cisco-mra-ha=AR_SK;x-cisco-reg-id=1',
    'Route: <sip:edge-1.example.com:5061;transport=tls;core=core-1;lr>',
    'Supported: replaces,join,sdp-anat,norefersub,resource-priority,extended-refer,X-cisco-callinfo',
    'Authorization: Digest username="ada",realm="ccmsipline",uri="sip:cucm-1.example.com",' +
      'response="00112233445566778899aabbccddeeff",nonce="aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW",algorithm=MD5',
    'Expires: 3600',
    'Content-Length: 0',
    '',
    '',
  ].join(crlf),
);

const sdp = [
  'v=0',
  'o=Cisco-SIPUA 14123 0 IN IP4 192.168.178.23',
  's=SIP Call',
  'b=AS:4064',
  't=0 0',
  'm=audio 20182 RTP/AVP 114 9 124 0 8 116 18 101',
  'c=IN IP4 192.168.178.23',
  'b=TIAS:64000',
  'a=rtpmap:114 opus/48000/2',
  'a=fmtp:114 maxplaybackrate=16000;sprop-maxcapturerate=16000;maxaveragebitrate=64000;stereo=0;usedtx=0',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=sendrecv',
  'm=video 20184 RTP/AVP 100 126 97',
  'c=IN IP4 192.168.178.23',
  'a=rtpmap:126 H264/90000',
  'a=fmtp:126 profile-level-id=42801F;packetization-mode=1;level-asymmetry-allowed=1',
  'a=rtcp-fb:* nack pli',
  'a=sendrecv',
  '',
].join(crlf);

/** An INVITE with an offer of audio and video, 1.6 kB. */
export const invite = Buffer.from(
  [
    'INVITE sip:1002@cucm-1.example.com;user=phone SIP/2.0',
    'Via: SIP/2.0/TLS 192.168.178.23:52814;branch=z9hG4bK0006a7c2;rport',
    'From: "Ada Lovelace" <sip:1001@cucm-1.example.com>;tag=3c5ea6ed3a3a00035f3c2b1a-2b3c4d5e',
    'To: <sip:1002@cucm-1.example.com>',
    'Call-ID: 3c5ea6ed-3a3a0003-1c2d3e4f-5a6b7c8d@192.168.178.23',
    'Max-Forwards: 70',
    'CSeq: 101 INVITE',
    'User-Agent: Cisco-CSF/14.1.2',
    'Contact: <sip:9f8e7d6c-5b4a-3928-1706-f5e4d3c2b1a0@192.168.178.23:52814;transport=tls>;video',
    'Route: <sip:edge-1.example.com:5061;transport=tls;core=core-1;lr>',
    'Allow: ACK,BYE,CANCEL,INVITE,NOTIFY,OPTIONS,REFER,REGISTER,UPDATE,SUBSCRIBE,INFO',
    'Supported: replaces,join,sdp-anat,norefersub',
    'Content-Type: application/sdp',
    'Content-Disposition: session;handling=optional',
    `Content-Length: ${sdp.length}`,
    '',
    sdp,
  ].join(crlf),
);
