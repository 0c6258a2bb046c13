const clearText = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
/** Dots, slashes, percent signs and control characters in disguise: two servers may read such a path in two ways. */
const disguised = /%(?:2e|2f|5c|25|3b|7f|[01][0-9a-f])/i;
/** A dot segment, also one that hides behind a path parameter as Tomcat strips it. */
const dotSegment = /\/\.{1,2}(?:[;/]|$)/;
const clearQuery = /^[\x21\x24-\x7e]*$/;

/** A request target in origin form, cut at the first `?`. */
export interface RequestPath {
  readonly path: string;
  /** With its `?`; empty when there is none. */
  readonly query: string;
}

/** Tells whether a path can be read in one way only: no dot segments, nothing encoded that a server could take for structure. */
export function isClearPath(path: string): boolean {
  return clearText.test(path) && !disguised.test(path) && !dotSegment.test(path);
}

/** Reads a request target in origin form (RFC 9112, 3.2.1); undefined for any other form and for whatever is open to two readings. */
export function readRequestPath(target: string): RequestPath | undefined {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark);
  return isClearPath(path) && clearQuery.test(query) ? { path, query } : undefined;
}
