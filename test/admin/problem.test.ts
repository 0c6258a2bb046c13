import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorOfProblem, problemOf, statusOfCode } from '../../src/admin/problem.js';
import { FairleadError } from '../../src/errors.js';

test('an error that crosses the wire arrives as it was sent', () => {
  const details = [{ place: '/spec/x', message: 'is wrong' }];
  const sent = new FairleadError('resource.invalid', 'spec.x is wrong', { details, mend: 'Write another x.' });
  const problem = problemOf(sent);
  assert.deepEqual([problem.status, problem.type], [422, 'https://fairlead.dev/errors#resource.invalid']);
  const received = errorOfProblem(JSON.parse(JSON.stringify(problem)), problem.status);
  assert.deepEqual(
    [received.code, received.message, received.details, received.mend],
    [sent.code, sent.message, sent.details, sent.mend],
  );
});

test('an error whose cause may go away by itself arrives as one, and an unknown retry class as that of its code', () => {
  const problem = problemOf(new FairleadError('apply.prepare-failed', 'no room', { retry: 'backoff' }));
  assert.equal(errorOfProblem(problem, 422).retry, 'backoff');
  assert.equal(errorOfProblem({ ...problem, retry: 'at-full-moon' }, 422).retry, 'on-new-revision');
});

test('an answer that is no problem of ours is told by its status', () => {
  const codes = [400, 401, 403, 404, 409, 412, 418, 500, 502, 503].map(
    (status) => errorOfProblem('<html>', status).code,
  );
  assert.deepEqual(codes, [
    'node.bad-request',
    'node.unauthenticated',
    'node.forbidden',
    'node.not-found',
    'node.pending',
    'plan.stale',
    'node.bad-request',
    'node.unreachable',
    'node.unreachable',
    'node.unreachable',
  ]);
});

test('a code from a newer version is told by its status', () => {
  assert.equal(errorOfProblem({ code: 'node.newer', detail: 'x' }, 409).code, 'node.pending');
});

test('what another program writes is taken in bounded amounts only', () => {
  const details = Array.from({ length: 500 }, () => ({ place: 'p', message: 'm'.repeat(9_000) }));
  const {
    message,
    details: taken,
    mend,
  } = errorOfProblem({ code: 'node.storage', detail: 'd'.repeat(9_000), mend: 7, details }, 507);
  assert.deepEqual([message.length, taken.length, taken[0]?.message.length], [2_000, 100, 2_000]);
  assert.match(mend, /free space/);
});

test('a code that no admin request should meet is an internal error', () => {
  assert.equal(statusOfCode('source.empty'), 500);
});
