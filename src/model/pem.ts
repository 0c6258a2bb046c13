import { X509Certificate } from 'node:crypto';

const block = /-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]*-----END CERTIFICATE-----/g;

function isReadable(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** Why a text is not one or more certificates in PEM and nothing else, as a clause; undefined when it is. */
export function pemComplaint(text: string): string | undefined {
  if (text.includes('PRIVATE KEY')) return 'it holds a private key; take it out, and treat the key as disclosed';
  const blocks = text.match(block) ?? [];
  if (blocks.length === 0) return 'it holds no certificate';
  if (text.replace(block, '').trim() !== '') return 'it holds something beside certificates';
  const unreadable = blocks.findIndex((one) => !isReadable(one));
  return unreadable < 0 ? undefined : `its certificate ${unreadable + 1} of ${blocks.length} cannot be read`;
}

/** The one text of certificates in PEM: a line end after each line, nothing between the blocks. */
export function canonicalPem(text: string): string {
  const blocks = text.match(block) ?? [];
  const lines = blocks.flatMap((one) => one.split(/[\r\n]+/).map((line) => line.trim()));
  return lines.length === 0 ? text : `${lines.filter((line) => line !== '').join('\n')}\n`;
}
