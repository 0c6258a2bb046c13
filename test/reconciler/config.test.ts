import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairleadError } from '../../src/errors.js';
import { parseReconcilerConfig, readReconcilerConfig } from '../../src/reconciler/config.js';

function faultsOf(text: string): readonly string[] {
  try {
    parseReconcilerConfig(text, '/etc/fairlead/fairlead.yaml');
  } catch (error) {
    assert.ok(error instanceof FairleadError);
    assert.equal(error.code, 'node.config');
    return error.details.map(({ place, message }) => `${place.replace('/etc/fairlead/fairlead.yaml:', '')} ${message}`);
  }
  return [];
}

test('paths start at the folder of the file, and what is left out has a default', () => {
  const text = 'source: { url: ../mra.git }\nstateDir: state\nsecretsDir: /run/secrets\n';
  assert.deepEqual(parseReconcilerConfig(text, '/etc/fairlead/fairlead.yaml'), {
    source: {
      url: { protocol: 'file', text: '/etc/mra.git' },
      ref: { type: 'name', names: ['refs/heads/main', 'refs/tags/main'] },
      path: '',
      auth: {},
    },
    stateDir: '/etc/fairlead/state',
    secretsDir: '/run/secrets',
    logLevel: 'info',
  });
});

test('a full configuration is read', () => {
  const text = `
source:
  url: https://robot@git.example.com/voice/mra.git
  ref: refs/tags/v1
  path: ./production/
  auth: { tokenFile: token, caFile: ca.pem }
stateDir: /var/lib/fairlead
server:
  listen: { host: 192.0.2.1, port: 9440 }
  tls: { certFile: cert.pem, keyFile: key.pem }
  tokenFile: server-token
  webhookSecretFile: webhook
logLevel: debug
`;
  const { source, server, logLevel } = parseReconcilerConfig(text, '/etc/fairlead/fairlead.yaml');
  assert.deepEqual(source, {
    url: { protocol: 'https', text: 'https://git.example.com/voice/mra.git', user: 'robot' },
    ref: { type: 'name', names: ['refs/tags/v1'] },
    path: 'production',
    auth: { tokenFile: '/etc/fairlead/token', caFile: '/etc/fairlead/ca.pem' },
  });
  assert.deepEqual(server, {
    listen: { host: '192.0.2.1', port: 9440 },
    tls: { certFile: '/etc/fairlead/cert.pem', keyFile: '/etc/fairlead/key.pem' },
    tokenFile: '/etc/fairlead/server-token',
    webhookSecretFile: '/etc/fairlead/webhook',
  });
  assert.equal(logLevel, 'debug');
});

test('every fault is told at once with its line and column', () => {
  const text = 'source:\n  urll: x\n  ref: [main]\nstateDir: ""\nlogLevel: loud\n';
  assert.deepEqual(faultsOf(text), [
    '1:1 source.url is missing',
    '2:3 there is no field "urll" in source; did you mean url?',
    '3:8 source.ref is a list of 1; it must be text',
    '4:11 stateDir has 0 characters; it must have at least 1 character',
    '5:11 logLevel is "loud"; it must be debug, info, warn, error or silent',
  ]);
});

test('what no schema can say is told, too', () => {
  const cases = [
    ['source: { url: http://git.example.com/x }\nstateDir: s\n', /^1:16 http can be changed on the way/],
    [
      'source: { url: https://u:secret@git.example.com/x }\nstateDir: s\n',
      /^1:16 the URL of the source is refused: it holds a password/,
    ],
    ['source: { url: https://git.example.com/x?token=secret }\nstateDir: s\n', /^1:16 .*it has a query/],
    ['source: { url: "ext::sh -c id" }\nstateDir: s\n', /^1:16 .*it names a helper program/],
    ['source: { url: ssh://git@git.example.com/x }\nstateDir: s\n', /^1:16 a source over ssh needs auth.sshKeyFile/],
    ['source: { url: git@git.example.com:x, auth: { sshKeyFile: k } }\nstateDir: s\n', /^1:16 a source over ssh needs/],
    ['source: { url: ./x, auth: { tokenFile: t } }\nstateDir: s\n', /^1:29 tokenFile has no use with file/],
    ['source: { url: ./x, ref: "a..b" }\nstateDir: s\n', /^1:26 a\.\.b is not a branch/],
    ['source: { url: ./x, ref: "--upload-pack=x" }\nstateDir: s\n', /^1:26 --upload-pack=x is not a branch/],
    ['source: { url: ./x, ref: "main^{tree}" }\nstateDir: s\n', /^1:26 /],
    ['source: { url: ./x, path: ../y }\nstateDir: s\n', /^1:27 \.\.\/y is not a directory/],
    [
      'source: { url: ./x }\nstateDir: s\nserver: { listen: { host: 0.0.0.0, port: 1 }, tokenFile: t }\n',
      /^3:27 0\.0\.0\.0 is not a loopback address/,
    ],
    [
      'source: { url: ./x }\nstateDir: s\nserver: { listen: { host: 127.evil.example, port: 1 }, tokenFile: t }\n',
      /^3:27 /,
    ],
    ['source: { url: ./x }\nstateDir: s\n---\nsecond: 1\n', /^4:1 the file holds a second document/],
    ['source: { url: ./x, url: ./y }\nstateDir: s\n', /^1:21 The key "url" stands twice/],
    ['source: [\n', /^2:1 /],
    ['# nothing\n', /^1:1 the file is empty/],
  ] as const;
  for (const [text, expected] of cases) {
    const [first = 'nothing', ...others] = faultsOf(text);
    assert.match(first, expected, text);
    assert.deepEqual(others, [], text);
    assert.doesNotMatch(first, /secret/, text);
  }
});

test('an insecure transport is for an operator to allow', () => {
  const text =
    'source: { url: http://127.0.0.1:8080/x, allowInsecureTransport: true, auth: { tokenFile: t } }\nstateDir: s\n';
  assert.equal(parseReconcilerConfig(text, 'fairlead.yaml').source.url.protocol, 'http');
});

test('URLs as people write them', () => {
  const ssh = { sshKeyFile: 'k', knownHostsFile: 'h' };
  const cases = [
    ['https://git.example.com/x.git', {}, 'https'],
    ['ssh://git@git.example.com:2222/x.git', ssh, 'ssh'],
    ['git@git.example.com:group/x.git', ssh, 'ssh'],
    ['file:///srv/git/x.git', {}, 'file'],
    ['/srv/git/x.git', {}, 'file'],
    ['.', {}, 'file'],
    ['./with:colon', {}, 'file'],
  ] as const;
  for (const [url, auth, protocol] of cases) {
    const text = JSON.stringify({ source: { url, auth }, stateDir: 's' });
    assert.equal(parseReconcilerConfig(text, '/etc/fairlead.yaml').source.url.protocol, protocol, url);
  }
});

test('a file that is not there is told by name', async () => {
  await assert.rejects(readReconcilerConfig('/nonexistent/fairlead.yaml'), {
    code: 'node.config',
    message: 'could not read /nonexistent/fairlead.yaml',
  });
});
