import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { test } from 'node:test';
import { allPages, anchorsOf, linksOf, pageAt, type Page } from './markdown.js';

const root = join(import.meta.dirname, '../..');

/** What is wrong with a link of a page; undefined when it leads somewhere. */
function faultOf(page: Page, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [target = '', anchor] = link.split('#');
  const path = target === '' ? page.path : normalize(join(page.path, '..', target));
  if (!existsSync(join(root, path))) return `${page.path}: ${link} leads to no file`;
  if (anchor === undefined || anchorsOf(pageAt(path)).has(anchor)) return undefined;
  return `${page.path}: ${link} leads to no heading`;
}

test('every link between pages leads to a file and a heading that exist', () => {
  const pages = allPages();
  const links = pages.flatMap((page) => linksOf(page).map((link) => ({ page, link })));
  assert.ok(links.length > 50);
  assert.deepEqual(
    links.flatMap(({ page, link }) => faultOf(page, link) ?? []),
    [],
  );
});

test('a link that leads nowhere is found', () => {
  const page: Page = {
    path: 'docs/page.md',
    text: '# One thing\n[a](#one-thing) [b](#two) [c](no.md) [d](../README.md)\n',
  };
  const found = linksOf(page).map((link) => faultOf(page, link) !== undefined);
  // The page itself is not on disk, so that its own headings are looked for in vain, too.
  assert.deepEqual(found, [true, true, true, false]);
});

test('README leads to every manual', () => {
  const links = new Set(linksOf(pageAt('README.md')));
  const manuals = allPages().filter(({ path }) => /^docs\/[^/]+\.md$/.test(path));
  assert.deepEqual(
    manuals.map(({ path }) => path).filter((path) => !links.has(path)),
    [],
  );
});
