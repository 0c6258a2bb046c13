import { createHash } from 'node:crypto';

/** A Lua script that the store runs as one step; it is sent once, and called by its digest afterwards. */
export interface StoreScript {
  readonly text: string;
  /** SHA-1 in hex, as the store names it. */
  readonly digest: string;
}

export function newStoreScript(text: string): StoreScript {
  return { text, digest: createHash('sha1').update(text).digest('hex') };
}
