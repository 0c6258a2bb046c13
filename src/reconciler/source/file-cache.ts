import type { Json } from '../../model/json.js';
import { isRecord } from '../../model/json.js';
import { readCache, writeCache } from './cache-file.js';
import { programVersion } from './program-version.js';
import type { SourceFile } from './source-file.js';

/** A document as it is kept: line, column, value. */
type KeptDocument = readonly [number, number, Json];

/** A file as it is kept: the id of its content, then its documents. */
type KeptFile = readonly [string, ...KeptDocument[]];

interface Kept {
  readonly files: readonly KeptFile[];
  readonly ids: readonly (readonly [stamp: string, id: string])[];
}

/** What is known of files that were read before. */
export interface KnownFiles {
  /** What contents say, by their id. */
  readonly files: ReadonlyMap<string, SourceFile>;
  /** Ids of contents, by the stamps of the directory entries that held them. */
  readonly ids: ReadonlyMap<string, string>;
}

export const noKnownFiles: KnownFiles = { files: new Map(), ids: new Map() };

function isKept(value: unknown): value is Kept {
  return isRecord(value) && Array.isArray(value['files']) && Array.isArray(value['ids']);
}

function keep([id, { documents }]: readonly [string, SourceFile]): KeptFile {
  return [id, ...documents.map(({ start, value }): KeptDocument => [start.line, start.column, value])];
}

function restore([id, ...documents]: KeptFile): readonly [string, SourceFile] {
  const restored = documents.map(([line, column, value], index) => ({
    index,
    start: { line, column },
    value,
    sound: true,
  }));
  return [id, { documents: restored, faults: [] }];
}

/** The files that were read before; none when nothing usable was kept. */
export async function loadFiles(path: string): Promise<KnownFiles> {
  const kept = await readCache(path, programVersion());
  return isKept(kept) ? { files: new Map(kept.files.map(restore)), ids: new Map(kept.ids) } : noKnownFiles;
}

/** Keeps what files say, but for those that cannot be read: they are few, and their faults are worth a fresh look. */
export async function saveFiles(
  path: string,
  files: KnownFiles['files'],
  ids: KnownFiles['ids'] = new Map(),
): Promise<void> {
  const sound = [...files].filter(([, { faults }]) => faults.length === 0);
  await writeCache(path, programVersion(), { files: sound.map(keep), ids: [...ids] });
}
