import { resolve } from 'node:path';

/** A way that git transfers objects; `http` and `git` can be changed by anybody in between. */
export type GitProtocol = 'https' | 'ssh' | 'file' | 'http' | 'git';

/** A repository URL that was looked at before git gets it. */
export interface GitUrl {
  readonly protocol: GitProtocol;
  /** What git gets: for HTTP without the user, for a local path absolute. Never with a password. */
  readonly text: string;
  /** The user of an HTTP URL. */
  readonly user?: string;
}

const schemes: Readonly<Record<string, GitProtocol>> = {
  'https:': 'https',
  'ssh:': 'ssh',
  'git+ssh:': 'ssh',
  'file:': 'file',
  'http:': 'http',
  'git:': 'git',
};

/** `user@host:path`, as scp writes it; a host of one letter is more likely a drive. */
const scpLike = /^(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9][A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(?!\/\/)(.+)$/;

function parseFull(text: string): GitUrl | string {
  if (!URL.canParse(text)) return 'it is not a URL';
  const { protocol: scheme, username, password, hostname, search, hash } = new URL(text);
  const protocol = schemes[scheme];
  if (protocol === undefined) return `git is not allowed to use ${scheme}//`;
  if (password !== '') return 'it holds a password, which belongs into a file that auth names';
  if (username.includes('%')) return 'its user holds characters that need escaping';
  if (search !== '' || hash !== '') return 'it has a query or a fragment';
  if (protocol !== 'file' && (hostname === '' || hostname.startsWith('-'))) return 'it names no host';
  if (protocol !== 'http' && protocol !== 'https') return { protocol, text };
  const url = new URL(text);
  url.username = '';
  return { protocol, text: url.href, ...(username === '' ? {} : { user: username }) };
}

/**
 * Reads a repository URL, or says as a clause why it is none. Local paths start at `baseDir`. Helpers of git that run
 * commands (`ext::`) are not URLs here.
 */
export function parseGitUrl(text: string, baseDir: string): GitUrl | string {
  if (/^[A-Za-z0-9+.-]+::/.test(text)) return 'it names a helper program';
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text)) return parseFull(text);
  if (text.startsWith('-')) return 'it begins with a hyphen';
  if (scpLike.test(text)) return { protocol: 'ssh', text };
  return { protocol: 'file', text: resolve(baseDir, text) };
}
