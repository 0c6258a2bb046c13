/** The strong entity tag of a digest (RFC 9110 section 8.8.3). */
export function formatEtag(digest: string): string {
  return `"${digest}"`;
}

const strongTag = /^"([\x21\x23-\x7e]{1,256})"$/;

/** The digest that `If-Match` names; undefined unless it is exactly one strong entity tag. */
export function digestOfIfMatch(header: string): string | undefined {
  return strongTag.exec(header.trim())?.[1];
}

/** Tells whether `If-None-Match` names the digest, or is `*`; the comparison is weak (RFC 9110 section 13.1.2). */
export function isNoneMatch(header: string, digest: string): boolean {
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(formatEtag(digest));
}
