import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfIfMatch, formatEtag, isNoneMatch } from '../../src/admin/etag.js';

const digest = `sha256:${'0'.repeat(64)}`;

test('a digest comes back from its entity tag', () => {
  assert.equal(digestOfIfMatch(formatEtag(digest)), digest);
  assert.equal(digestOfIfMatch(`  "${digest}" `), digest);
});

test('If-Match names exactly one strong tag or nothing', () => {
  for (const header of ['', '*', digest, `W/"${digest}"`, `"${digest}", "b"`, '""', '"a"b"', `"${'a'.repeat(257)}"`]) {
    assert.equal(digestOfIfMatch(header), undefined, header);
  }
});

test('If-None-Match is compared weakly, over a list', () => {
  for (const header of [`"${digest}"`, `W/"${digest}"`, `"a", W/"${digest}"`, '*'])
    assert.equal(isNoneMatch(header, digest), true, header);
  for (const header of ['', '"a"', digest, 'W/"a"']) assert.equal(isNoneMatch(header, digest), false, header);
});
