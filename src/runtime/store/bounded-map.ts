import { LRUCache } from 'lru-cache';

/** A map that forgets the entry which was least recently used when it is full. */
export interface BoundedMap<V extends object | number> {
  readonly size: number;
  /** The value, which counts as used now. */
  get(key: string): V | undefined;
  /** The value, without counting as used. */
  peek(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): boolean;
  entries(): Iterable<[string, V]>;
}

/** Makes a bounded map of at most `maximum` entries; memory for the index is taken with the first entry, for the values as they come. */
export function newBoundedMap<V extends object | number>(maximum: number): BoundedMap<V> {
  // Making the index takes a fifth of a millisecond per thousand entries, and a node has many that stay empty.
  let cache: LRUCache<string, V> | undefined;
  return {
    get size() {
      return cache?.size ?? 0;
    },
    get: (key) => cache?.get(key),
    peek: (key) => cache?.peek(key),
    set(key, value) {
      cache ??= new LRUCache({ max: maximum });
      cache.set(key, value);
    },
    delete: (key) => cache?.delete(key) ?? false,
    entries: () => cache?.entries() ?? [],
  };
}
