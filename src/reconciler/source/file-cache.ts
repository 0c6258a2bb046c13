import type { Json } from '../../model/json.js';
import { isRecord } from '../../model/json.js';
import { readCache, writeCache } from './cache-file.js';
import { programVersion } from './program-version.js';
import type { SourceFile } from './source-file.js';

/** A document as it is kept: line, column, value. */
type KeptDocument = readonly [number, number, Json];

/** A file as it is kept: the id of its content, then its documents. */
type KeptFile = readonly [string, ...KeptDocument[]];

function isKept(value: unknown): value is { readonly files: readonly KeptFile[] } {
  return isRecord(value) && Array.isArray(value['files']);
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

/** The files that were read before, by the id of their content; none when nothing usable was kept. */
export async function loadFiles(path: string): Promise<ReadonlyMap<string, SourceFile>> {
  const kept = await readCache(path, programVersion());
  return new Map(isKept(kept) ? kept.files.map(restore) : []);
}

/** Keeps what files say, but for those that cannot be read: they are few, and their faults are worth a fresh look. */
export async function saveFiles(path: string, files: ReadonlyMap<string, SourceFile>): Promise<void> {
  const sound = [...files].filter(([, { faults }]) => faults.length === 0);
  await writeCache(path, programVersion(), { files: sound.map(keep) });
}
