/** What of a repository is followed. */
export type GitRef =
  | { readonly type: 'commit'; readonly id: string }
  /** Full names in the order of preference; the first that the remote has is meant. */
  | { readonly type: 'name'; readonly names: readonly string[] };

const commitId = /^[0-9a-f]{40}$/;
/** What git allows in the name of a ref (git-check-ref-format), and no leading hyphen. */
const refName = /^(?!-)(?!.*(?:\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)))[^\p{Cc} ~^:?*[\\]{1,255}(?<![/.])$/u;

/** Reads a branch, tag, full commit id or full ref; undefined for what git would read as an expression or an option. */
export function parseGitRef(text: string): GitRef | undefined {
  if (commitId.test(text)) return { type: 'commit', id: text };
  if (!refName.test(text) || text.startsWith('.') || text === '@') return undefined;
  if (text === 'HEAD' || text.startsWith('refs/')) return { type: 'name', names: [text] };
  return { type: 'name', names: [`refs/heads/${text}`, `refs/tags/${text}`] };
}

/** Reads a directory of the repository as git names it (`''` for the root); undefined for one that could lead out of it. */
export function parseTreePath(text: string): string | undefined {
  if (/[\\\p{Cc}]/u.test(text) || text.startsWith('/')) return undefined;
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : parts.join('/');
}
