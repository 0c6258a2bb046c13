import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FairleadError } from '../../src/errors.js';
import { allKinds } from '../../src/model/kinds.js';
import { checkResource, parseResource, validateResource } from '../../src/model/validate.js';

const apiVersion = 'fairlead.dev/v1';

function documentOf(kind: string, spec: unknown, name = 'default'): unknown {
  return { apiVersion, kind, metadata: { name }, spec };
}

function unifiedCM(spec: object): unknown {
  const credentials = { username: 'reader', passwordRef: { env: 'FAIRLEAD_SECRET_CUCM' } };
  return documentOf('UnifiedCM', { publisher: 'cucm.example.com', credentials, ...spec }, 'emea');
}

function told(document: unknown): readonly string[] {
  return validateResource(document).map(({ code, pointer, at, message }) => `${code} ${pointer} ${at}: ${message}`);
}

const faults: readonly (readonly [string, unknown, string])[] = [
  [
    'an unknown field with the nearest name',
    documentOf('CredentialCaching', { refreshIntervalMinute: 5 }),
    'schema.unknown-field /spec/refreshIntervalMinute key: there is no field "refreshIntervalMinute" in spec; did you mean refreshIntervalMinutes?',
  ],
  [
    'a missing field at the field around it',
    documentOf('AllowRule', { url: 'https://a.example.com/' }, 'a'),
    'schema.missing-field /spec key: spec.match is missing',
  ],
  [
    'a number out of its range, with the range',
    documentOf('CredentialCaching', { refreshIntervalMinutes: 0 }),
    'schema.range /spec/refreshIntervalMinutes value: spec.refreshIntervalMinutes is 0; it must be a whole number from 1 to 10080',
  ],
  [
    'a value of another type, once',
    documentOf('CredentialCaching', { refreshIntervalMinutes: 1.5 }),
    'schema.type /spec/refreshIntervalMinutes value: spec.refreshIntervalMinutes is 1.5; it must be a whole number from 1 to 10080',
  ],
  [
    'a value that is not among the allowed ones',
    documentOf('AllowRule', { url: 'https://a.example.com/', match: 'Exact' }, 'a'),
    'schema.value /spec/match value: spec.match is "Exact"; it must be exact or prefix',
  ],
  [
    'another version of the vocabulary',
    { apiVersion: 'fairlead.dev/v2', kind: 'CredentialCaching', metadata: { name: 'default' }, spec: {} },
    'schema.api-version /apiVersion value: apiVersion is "fairlead.dev/v2"; it must be fairlead.dev/v1',
  ],
  [
    'a name of a kind that exists once',
    documentOf('CredentialCaching', {}, 'mine'),
    'resource.name /metadata/name value: metadata.name is "mine"; it must be default',
  ],
  [
    'a kind that does not exist, with the nearest',
    documentOf('UnifiedCm', {}),
    'schema.unknown-kind /kind value: there is no kind "UnifiedCm"; did you mean UnifiedCM?',
  ],
  [
    'a range that is not what it seems',
    documentOf('Exemption', { range: '10.0.0.7/8', categories: ['sip-auth'] }, 'a'),
    'schema.format /spec/range value: spec.range is "10.0.0.7/8"; it must be an address range, such as 198.51.100.0/24: it has bits to the right of the prefix; the range is 10.0.0.0/8',
  ],
  [
    'a host with an underscore',
    unifiedCM({ publisher: 'cucm_1.example.com' }),
    'schema.format /spec/publisher value: spec.publisher is "cucm_1.example.com"; it must be a DNS name or an IP address, such as cucm-pub.example.com: an underscore does not belong in a host name',
  ],
  [
    'two items of one key, letter case aside',
    unifiedCM({
      nodes: [
        { host: 'a.example.com', role: 'publisher' },
        { host: 'A.example.com', role: 'subscriber' },
      ],
    }),
    'schema.not-unique /spec/nodes/1/host value: spec.nodes holds two items with the same host',
  ],
  [
    'an item that stands twice',
    documentOf('Cluster', { edges: [], cores: [], bases: ['a', 'a'] }, 'emea'),
    'schema.not-unique /spec/bases/1 value: spec.bases holds the same item twice, at 0 and 1',
  ],
  [
    'a cluster without nodes',
    documentOf('Cluster', {}, 'emea'),
    'schema.combination /spec key: spec must have at least one of edges, cores and sharedStore',
  ],
  [
    'a condition that is not met',
    unifiedCM({ refresh: { policy: 'window' } }),
    'schema.missing-field /spec/refresh key: spec.refresh.windows is missing',
  ],
  [
    'two numbers the wrong way round, one of them a default',
    documentOf('HttpTransport', { headerTimeoutSeconds: 60 }),
    'schema.combination /spec value: spec.headerTimeoutSeconds is 60; it must be lower than requestTimeoutSeconds, which is 60',
  ],
  [
    'a drift mode for a kind that does not exist',
    documentOf('SyncPolicy', { drift: { kinds: { Exemptions: 'report' } } }),
    'schema.unknown-field /spec/drift/kinds/Exemptions key: there is no field "Exemptions" in spec.drift.kinds; did you mean Exemption?',
  ],
  [
    'a time of day that does not exist',
    documentOf('SyncPolicy', { windows: [{ cron: '0 25 * * *', durationMinutes: 5 }] }),
    'schema.format /spec/windows/0/cron value',
  ],
  [
    'too many items',
    documentOf('Maintenance', { nodes: Array.from({ length: 65 }, (_, index) => `edge-${index}`) }, 'a'),
    'schema.length /spec/nodes value: spec.nodes has 65 items; it must have at most 64 items',
  ],
];

for (const [sentence, document, expected] of faults) {
  test(`a problem tells ${sentence}`, () => {
    const problems = told(document);
    assert.ok(
      problems.some((problem) => problem.startsWith(expected)),
      problems.join('\n'),
    );
  });
}

test('one mistake gives one problem', () => {
  for (const [sentence, document] of faults) {
    if (sentence !== 'an item that stands twice') assert.equal(told(document).length, 1, told(document).join('\n'));
  }
});

test('everything that is wrong is told at once', () => {
  const problems = told({ apiVersion, kind: 'AllowRule', metadata: {}, spec: { methods: [], match: 'x', extra: 1 } });
  assert.deepEqual(problems.map((problem) => problem.split(' ').slice(0, 2).join(' ')).toSorted(), [
    'schema.length /spec/methods',
    'schema.missing-field /metadata',
    'schema.missing-field /spec',
    'schema.unknown-field /spec/extra',
    'schema.value /spec/match',
  ]);
});

test('at most fifty problems of one resource are told', () => {
  const spec = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`field${index}`, index]));
  assert.equal(told(documentOf('CredentialCaching', spec)).length, 50);
});

test('a password that was written where a reference belongs is never shown', () => {
  const documents = [
    unifiedCM({ credentials: { username: 'reader', passwordRef: 'hunter2' } }),
    unifiedCM({ credentials: { username: 'reader', passwordRef: { env: 'hunter2' } } }),
    unifiedCM({ credentials: { username: 'reader', passwordRef: { file: '/hunter2' } } }),
    unifiedCM({ credentials: { username: 'reader', password: 'hunter2' } }),
    unifiedCM({ tls: { ca: '-----BEGIN PRIVATE KEY-----hunter2' } }),
    documentOf('Cluster', { cores: [], edges: [], sharedStore: { url: 'rediss://:hunter2@store' } }, 'emea'),
    documentOf('AllowRule', { url: 'https://u:hunter2@a.example.com/', match: 'exact' }, 'a'),
  ];
  for (const document of documents) {
    const text = JSON.stringify(validateResource(document));
    assert.ok(text.length > 2, 'the document is refused');
    assert.ok(!text.includes('hunter2'), text);
  }
});

test('a fingerprint is refused in a repository and accepted in a rendered snapshot', () => {
  const passwordRef = { env: 'FAIRLEAD_SECRET_CUCM', fingerprint: 'hmac-sha256:00' };
  const document = unifiedCM({ credentials: { username: 'reader', passwordRef } });
  const [problem, ...rest] = validateResource(document);
  assert.deepEqual(
    [problem?.code, problem?.pointer],
    ['resource.fingerprint', '/spec/credentials/passwordRef/fingerprint'],
  );
  assert.deepEqual(rest, []);
  assert.deepEqual(validateResource(document, 'rendered'), []);
});

test('a secret is named by exactly one of variable and file', () => {
  for (const passwordRef of [{}, { env: 'FAIRLEAD_SECRET_A', file: 'a' }]) {
    const problems = told(unifiedCM({ credentials: { username: 'reader', passwordRef } }));
    assert.deepEqual(problems, [
      'schema.combination /spec/credentials/passwordRef key: spec.credentials.passwordRef must have exactly one of env and file',
    ]);
  }
});

test('a check gives either a normalized resource or problems', () => {
  const good = checkResource(documentOf('Domain', {}, 'example.com'));
  assert.deepEqual(good.problems, []);
  assert.deepEqual(good.resource?.spec, { sip: true, xmpp: false });
  assert.equal(checkResource(documentOf('Domain', {}, 'Example.com')).resource, undefined);
});

test('parsing what is not valid throws an error that names every problem', () => {
  assert.throws(
    () => parseResource(documentOf('CredentialCaching', { a: 1, b: 2 })),
    (error) => {
      assert.ok(error instanceof FairleadError);
      assert.equal(error.code, 'resource.invalid');
      assert.equal(error.message, 'there is no field "a" in spec, and 1 more');
      assert.deepEqual(
        error.details.map(({ place }) => place),
        ['/spec/a', '/spec/b'],
      );
      return true;
    },
  );
});

test('any value at all is either valid or told to be wrong, and nothing is thrown', () => {
  const wrapped = fc.record({
    apiVersion: fc.constant(apiVersion),
    kind: fc.constantFrom(...allKinds),
    metadata: fc.oneof(fc.constant({ name: 'default' }), fc.jsonValue()),
    spec: fc.jsonValue(),
  });
  const law = fc.property(fc.oneof(fc.jsonValue(), wrapped), (value) => {
    for (const { message, mend, pointer } of validateResource(value)) {
      assert.ok(message !== '' && mend !== '');
      assert.ok(pointer === '' || pointer.startsWith('/'));
    }
  });
  fc.assert(law, { numRuns: 500 });
});
