import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A page of the project. */
export interface Page {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
}

/** A block of code between fences; `file` is what the fence says behind `file=`. */
export interface Block {
  readonly language: string;
  readonly file: string | undefined;
  readonly text: string;
}

const fence = /^```(\S*)(?: file=(\S+))?\n([\s\S]*?)^```$/gm;

/** The files below a folder of the project whose names end in `suffix`, from the root of the project. */
export function projectFiles(folder: string, suffix: string): readonly string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(suffix)).map((name) => `${folder}/${name}`);
}

/** Gives the text of a file of the project. */
export function readProjectFile(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Reads one page. */
export function pageAt(path: string): Page {
  return { path, text: readProjectFile(path) };
}

/** Every Markdown page that people read. */
export function allPages(): readonly Page[] {
  const atRoot = readdirSync(root).filter((name) => name.endsWith('.md'));
  return [...atRoot, ...projectFiles('docs', '.md'), ...projectFiles('examples', '.md')].toSorted().map(pageAt);
}

/** The blocks of code of a page, in their order. */
export function blocksOf({ text }: Page): readonly Block[] {
  return [...text.matchAll(fence)].map(([, language = '', file, block = '']) => ({ language, file, text: block }));
}

/** Everything of a page that is set as code: whole blocks, and what stands between backticks. */
export function codeOf(page: Page): readonly string[] {
  const inline = [...page.text.replaceAll(fence, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocksOf(page).map(({ text }) => text), ...inline];
}

/** Where the links of a page lead. */
export function linksOf({ text }: Page): readonly string[] {
  const prose = text.replaceAll(fence, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors of a page: those of its headings as GitHub makes them, and those that are written out. */
export function anchorsOf({ text }: Page): ReadonlySet<string> {
  const headings = [...text.replaceAll(fence, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)]);
}
