// Who may import whom; `test/layers.test.ts` runs it and checks that it saw every module.
const from = (path) => ({ path: `^src/${path}` });
const only = (name, path, allowed) => ({
  name,
  severity: 'error',
  from: from(path),
  to: { path: '^src/', pathNot: allowed.map((one) => `^src/${one}`) },
});
const owned = (name, dependency, owner) => ({
  name: `one-owner-${name}`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/(${owner})` },
  to: { path: `^node_modules/${dependency}/` },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('errors-import-nothing', 'errors\\.ts$', ['errors\\.ts$']),
    only('platform', 'platform/', ['platform/', 'errors\\.ts$']),
    only('model', 'model/', ['model/', 'errors\\.ts$']),
    only('admin', 'admin/', ['admin/', 'model/', 'errors\\.ts$']),
    only('reconciler', 'reconciler/', ['reconciler/', 'admin/', 'model/', 'platform/', 'errors\\.ts$']),
    only('runtime', 'runtime/', ['runtime/', 'admin/', 'model/', 'platform/', 'errors\\.ts$']),
    only('lab', 'lab/', ['lab/', 'admin/', 'model/', 'platform/', 'errors\\.ts$']),
    only('access-sees-a-port', 'runtime/access/', [
      'runtime/(access|store|grants|maintenance)/',
      'runtime/(participant|prober|probe-check|service|link-port|node-config|statement-keys)\\.ts$',
      'admin/',
      'model/',
      'platform/',
      'errors\\.ts$',
    ]),
    only('link-knows-no-protocol', 'runtime/link/', [
      'runtime/link/',
      'runtime/(participant|prober|probe-check|service|link-port|signalling-port|node-config)\\.ts$',
      'admin/',
      'model/',
      'platform/',
      'errors\\.ts$',
    ]),
    only('sip-sees-a-port', 'runtime/sip/', [
      'runtime/(sip|store|grants|routing|maintenance)/',
      'runtime/(participant|prober|probe-check|service|hold-port|signalling-port|node-config|statement-keys)\\.ts$',
      'admin/',
      'model/',
      'platform/',
      'errors\\.ts$',
    ]),
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/index\\.ts$' },
      to: {},
    },
    owned('simple-git', 'simple-git', 'reconciler/source/|lab/'),
    owned('ajv', 'ajv', 'model/'),
    owned('prom-client', 'prom-client', 'platform/meter\\.ts$'),
    owned('pino', 'pino', 'platform/log\\.ts$'),
    owned('commander', 'commander', 'cli/'),
    owned('diff', 'diff', 'reconciler/output/'),
    owned('ssh2', 'ssh2', 'runtime/link/ssh-(client|server|terms)\\.ts$'),
    owned('iovalkey', 'iovalkey', 'runtime/store/shared/store-client\\.ts$'),
    owned('node-cron', 'node-cron', 'model/|reconciler/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
