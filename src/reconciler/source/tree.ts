import type { ProblemCode } from '../../model/problem-codes.js';

/** A file with documents, known by its content. */
export interface TreeFile {
  /** Inside the source, with forward slashes. */
  readonly path: string;
  /** Git's id of its content: 40 hex digits. */
  readonly id: string;
  readonly bytes: number;
}

/** Something in a tree that is never read. */
export interface TreeRefusal {
  readonly path: string;
  readonly code: ProblemCode;
  readonly message: string;
  readonly allowed: string;
}

/** The files of a source that may hold documents, each known by its content. */
export interface Tree {
  /** In the order of their paths. */
  readonly files: readonly TreeFile[];
  readonly refusals: readonly TreeRefusal[];
}

/** The content of a file with its id. */
export interface Blob {
  readonly id: string;
  readonly content: Uint8Array;
}

/** Gives the contents of blobs; each id that is asked for comes once, in any order. */
export type BlobReader = (ids: readonly string[], signal: AbortSignal) => AsyncIterable<Blob>;

export interface TreeLimits {
  readonly files: number;
  readonly fileBytes: number;
  readonly totalBytes: number;
}

export const treeLimits: TreeLimits = { files: 50_000, fileBytes: 1_048_576, totalBytes: 268_435_456 };

/** What stands at a path, as far as a tree cares. */
export type EntryType = 'file' | 'symlink' | 'submodule';

const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u;

/** Tells whether a path is looked at: what is hidden (`.github`, `.git`) belongs to other tools. */
export function isVisible(path: string): boolean {
  return !path.startsWith('.') && !path.includes('/.');
}

/** Tells whether a file of this name is read. */
export function isDocumentName(path: string): boolean {
  return path.endsWith('.yaml') || path.endsWith('.yml');
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Gathers the entries of a tree, refusing what is beyond its limits and what is not a file. */
export class TreeBuilder {
  readonly #limits: TreeLimits;
  readonly #files: TreeFile[] = [];
  readonly #refusals: TreeRefusal[] = [];
  #bytes = 0;

  constructor(limits: TreeLimits = treeLimits) {
    this.#limits = limits;
  }

  /** The tree is beyond a limit, so that reading on has no use. */
  get isFull(): boolean {
    return this.#files.length > this.#limits.files || this.#bytes > this.#limits.totalBytes;
  }

  /** Whether an entry is a file to be read; anything else that is visible is noted as refused. */
  accepts(path: string, type: EntryType, bytes: number): boolean {
    if (!isVisible(path)) return false;
    if (type === 'symlink') this.#refuse(path, 'file.symlink', 'a symbolic link is not followed', 'a regular file');
    if (type === 'submodule')
      this.#refuse(path, 'file.submodule', 'a submodule is not read', 'a directory of this repository');
    if (type !== 'file' || !isDocumentName(path)) return false;
    const { fileBytes } = this.#limits;
    if (unprintable.test(path))
      this.#refuse(path, 'file.path', 'the name of the file is not printable UTF-8', 'printable UTF-8');
    else if (bytes > fileBytes)
      this.#refuse(path, 'file.too-large', `the file has ${bytes} bytes`, `at most ${fileBytes} bytes`);
    else return true;
    return false;
  }

  add(file: TreeFile): void {
    this.#files.push(file);
    this.#bytes += file.bytes;
  }

  /** A tree beyond its limits is empty and says so: part of a source would delete the rest from the nodes. */
  build(): Tree {
    const { files, totalBytes } = this.#limits;
    if (this.#files.length > files)
      this.#refuse('', 'file.too-many', `there are more than ${files} files`, `at most ${files} files`);
    else if (this.#bytes > totalBytes)
      this.#refuse(
        '',
        'file.too-many',
        `the files have more than ${totalBytes} bytes together`,
        `at most ${totalBytes} bytes`,
      );
    return {
      files: this.isFull ? [] : this.#files.toSorted((a, b) => compareText(a.path, b.path)),
      refusals: this.#refusals.toSorted((a, b) => compareText(a.path, b.path)),
    };
  }

  #refuse(path: string, code: ProblemCode, message: string, allowed: string): void {
    this.#refusals.push({ path, code, message, allowed });
  }
}
