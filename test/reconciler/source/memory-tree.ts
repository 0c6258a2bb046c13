import { compileTree, CompileMemory } from '../../../src/reconciler/source/compile.js';
import { blobId } from '../../../src/reconciler/source/directory-tree.js';
import type { CompileResult } from '../../../src/reconciler/source/source.js';
import { type BlobReader, type Tree, TreeBuilder, type TreeLimits } from '../../../src/reconciler/source/tree.js';

/** Contents by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Files that never were on a disk, as a tree; `asked` grows by every id whose content is read. */
export function memoryTree(
  files: Files,
  limits?: TreeLimits,
): { readonly tree: Tree; readonly readBlobs: BlobReader; readonly asked: string[] } {
  const builder = new TreeBuilder(limits);
  const contents = new Map<string, Uint8Array>();
  const asked: string[] = [];
  for (const [path, text] of Object.entries(files)) {
    const content = typeof text === 'string' ? Buffer.from(text) : text;
    if (!builder.accepts(path, 'file', content.byteLength)) continue;
    contents.set(blobId(content), content);
    builder.add({ path, id: blobId(content), bytes: content.byteLength });
  }
  const readBlobs: BlobReader = async function* (ids) {
    for (const id of ids) {
      asked.push(id);
      yield await Promise.resolve({ id, content: contents.get(id)! });
    }
  };
  return { tree: builder.build(), readBlobs, asked };
}

/** Compiles files as commit `revision`, with nothing remembered unless a memory is given. */
export async function compileFiles(
  files: Files,
  memory = new CompileMemory(),
  revision = 'r1',
): Promise<CompileResult> {
  const { tree, readBlobs } = memoryTree(files);
  return await compileTree(tree, revision, { readBlobs, memory, signal: new AbortController().signal });
}

/** A cluster that is valid: its Cluster document with one edge and one core. */
export function clusterText(name: string, bases: readonly string[] = []): string {
  const node = (one: string) => ({
    name: one,
    admin: {
      url: `https://${one}.example.com:9443`,
      tokenRef: { env: `FAIRLEAD_SECRET_${one.replace('-', '_').toUpperCase()}` },
    },
  });
  const spec = { edges: [node('edge-1')], cores: [node('core-1')], ...(bases.length === 0 ? {} : { bases }) };
  return documentText('Cluster', name, spec);
}

/** A document in one line per part. */
export function documentText(kind: string, name: string, spec: unknown): string {
  return `apiVersion: fairlead.dev/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${JSON.stringify(spec)}\n`;
}
