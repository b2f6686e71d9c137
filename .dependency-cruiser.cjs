/**
 * Who may import whom (see ARCHITECTURE.md, which has the same as a picture). `npm run boundaries` checks it.
 * A library is known by `#name`; its index is the door. Specs may reach into anything they test.
 */
const SPECS = '\\.(spec|fixture)\\.ts$';

/** Libraries each library may import, itself apart. A further import is a decision: write it here, and why in the review. */
const MAY_IMPORT = {
  kernel: [],
  config: ['kernel'],
  fields: ['kernel'],
  database: ['kernel', 'config'],
  queues: ['kernel'],
  waits: ['kernel', 'database'],
  'service-lines': ['kernel', 'fields', 'waits'],
  escalations: ['kernel', 'database'],
  'message-holds': ['kernel', 'database'],
  messages: ['kernel', 'config', 'database'],
  referrals: ['kernel', 'config', 'fields', 'database', 'waits', 'service-lines', 'escalations', 'message-holds'],
  'check-ins': ['kernel', 'config', 'database', 'waits', 'service-lines', 'escalations', 'message-holds', 'messages'],
  reporting: ['kernel', 'database', 'waits', 'service-lines', 'message-holds', 'check-ins'],
  // waits: what a referral that moves had crossed on its old pathway is undone.
  duplicates: ['kernel', 'config', 'database', 'waits', 'message-holds', 'referrals'],
  fhir: ['kernel', 'config', 'fields', 'database', 'waits', 'service-lines', 'message-holds', 'referrals', 'reporting'],
  imports: ['kernel', 'config', 'fields', 'database', 'waits', 'service-lines', 'escalations', 'message-holds', 'referrals', 'fhir'],
  // Puts the others together, once for every app.
  platform: [
    'kernel',
    'config',
    'database',
    'queues',
    'waits',
    'service-lines',
    'escalations',
    'message-holds',
    'messages',
    'referrals',
    'check-ins',
    'duplicates',
    'fhir',
    'imports',
  ],
};
const LIBRARIES = Object.keys(MAY_IMPORT);

const allowedImports = LIBRARIES.map((name) => ({
  name: `${name}-imports`,
  comment: `libs/${name} may import ${MAY_IMPORT[name].join(', ') || 'no library of ours'}.`,
  severity: 'error',
  from: { path: `^libs/${name}/`, pathNot: SPECS },
  to: { path: '^libs/', pathNot: [name, ...MAY_IMPORT[name]].map((each) => `^libs/${each}/`) },
}));

/** What of an app another app may use: the token that tests and the demo need, and the server the contract is generated from. */
const LENT_TO_CLI = '^apps/api/src/(auth/development-token|openapi|server)\\.ts$';

module.exports = {
  forbidden: [
    ...allowedImports,
    {
      name: 'unknown-library',
      comment: 'A new library says in MAY_IMPORT what it may import.',
      severity: 'error',
      from: { path: '^libs/', pathNot: LIBRARIES.map((name) => `^libs/${name}/`) },
      to: {},
    },
    {
      name: 'through-the-index',
      comment: 'Libraries are met at their index: import #name, not a file inside.',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/', pathNot: SPECS },
      to: { path: '^libs/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$2/'] },
    },
    {
      name: 'through-the-name',
      comment: 'Also the index of another library is imported as #name, so that the build and the tests find the same file.',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/', pathNot: SPECS },
      to: { path: '^libs/', pathNot: '^libs/$2/', dependencyTypesNot: ['aliased-subpath-import'] },
    },
    {
      name: 'pure-rules',
      comment: 'Clock rules know days and events: no database, no framework, nothing but kernel and each other.',
      severity: 'error',
      from: { path: '^libs/waits/src/rules/', pathNot: SPECS },
      to: { pathNot: ['^libs/waits/src/rules/', '^libs/kernel/src/index\\.ts$'] },
    },
    {
      name: 'pure-policies',
      comment: 'What a clinician could argue about is a pure function: no database, no framework, no I/O.',
      severity: 'error',
      from: { path: '(-rules|/policy|/triage|/disclosure|/send-window|/reading-hours)\\.ts$' },
      to: {
        path: ['^libs/(database|queues|config)/', '(^|/)node_modules/', '^(node:)?(fs|net|http|https|child_process|crypto)'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'kernel-without-framework',
      comment: 'The kernel is the words everything is written in; it needs no package at all.',
      severity: 'error',
      from: { path: '^libs/kernel/', pathNot: SPECS },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'http-only-in-api',
      comment: 'HTTP is spoken in apps/api; libraries throw DomainErrors.',
      severity: 'error',
      from: { path: '^(libs|apps/worker)/', pathNot: SPECS },
      to: { path: '(^|/)node_modules/(fastify|@fastify|@nestjs/platform-fastify|supertest)/' },
    },
    { name: 'libs-never-import-apps', severity: 'error', from: { path: '^libs/', pathNot: SPECS }, to: { path: '^apps/' } },
    {
      name: 'apps-apart',
      comment: 'Apps share libraries, not each other. The command line uses a few named files of the API.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: SPECS },
      to: { path: '^apps/', pathNot: ['^apps/$1/', LENT_TO_CLI] },
    },
    {
      name: 'lent-to-cli-only',
      severity: 'error',
      from: { path: '^apps/worker/' },
      to: { path: '^apps/(api|cli)/' },
    },
    {
      name: 'no-tests-in-code',
      comment: 'What is built imports neither specs nor their support.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: SPECS },
      to: { path: ['^test/', SPECS] },
    },
    {
      name: 'no-development-packages',
      comment: 'An image is built without devDependencies.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: SPECS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'found', comment: 'Every import leads somewhere.', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-cycles',
      comment: 'Types count too: a circle of types is as hard to read. A command that is loaded only when it is called closes none.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['dynamic-import'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types are imports.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['development', 'node', 'import', 'require', 'types'],
      exportsFields: ['exports'],
      mainFields: ['main', 'types'],
    },
  },
};
