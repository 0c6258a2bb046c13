import { isAbsolute, join, resolve } from 'node:path';
import type { Io } from './io.js';

export interface CacheOptions {
  /** False for `--no-cache`. */
  readonly cache: boolean;
  readonly cacheDir?: string;
}

/** Where results may be kept between runs: as asked, or where the XDG base directory specification says; undefined for nowhere. */
export function cacheDirectoryOf({ cache, cacheDir }: CacheOptions, io: Pick<Io, 'cwd' | 'env'>): string | undefined {
  if (!cache) return undefined;
  if (cacheDir !== undefined) return resolve(io.cwd, cacheDir);
  const { XDG_CACHE_HOME: base = '', HOME: home = '' } = io.env;
  // The specification says to ignore a relative path.
  if (isAbsolute(base)) return join(base, 'fairlead');
  return isAbsolute(home) ? join(home, '.cache', 'fairlead') : undefined;
}
