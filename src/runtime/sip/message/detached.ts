/** A copy of a text that does not keep the whole message in memory it was cut from. */
export function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
