import { isRecord } from '../../model/json.js';
import { readSourceFile, type SourceFile } from './source-file.js';

/** Contents of several files, one behind the other. */
export interface Batch {
  readonly ids: readonly string[];
  /** Length of each content. */
  readonly lengths: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the files of a batch say, in its order. */
export interface BatchAnswer {
  readonly files: readonly (readonly [id: string, file: SourceFile])[];
}

/** Packs contents into memory of their own, so that it can be handed to another thread without a copy. */
export function packBatch(blobs: readonly { readonly id: string; readonly content: Uint8Array }[]): Batch {
  const lengths = blobs.map(({ content }) => content.byteLength);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const { content } of blobs) {
    bytes.set(content, at);
    at += content.byteLength;
  }
  return { ids: blobs.map(({ id }) => id), lengths, bytes };
}

export function readBatch({ ids, lengths, bytes }: Batch): BatchAnswer {
  let at = 0;
  const files = ids.map((id, index): readonly [string, SourceFile] => {
    const start = at;
    at += lengths[index] ?? 0;
    return [id, readSourceFile(bytes.subarray(start, at))];
  });
  return { files };
}

export function isBatch(value: unknown): value is Batch {
  return isRecord(value) && Array.isArray(value['ids']) && value['bytes'] instanceof Uint8Array;
}

export function isBatchAnswer(value: unknown): value is BatchAnswer {
  return isRecord(value) && Array.isArray(value['files']);
}
