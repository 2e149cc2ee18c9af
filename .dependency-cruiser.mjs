// The import law: src/ reads top down, and each folder imports only folders below it.
const floors = [
  ['commands'],
  ['environment'],
  ['release', 'controller'],
  ['launch', 'seed', 'lint'],
  ['data'],
  ['resolve'],
  ['package'],
  ['cells'],
  ['registry'],
  ['tools'],
  ['report'],
];

const upward = floors.flatMap((names, floor) => {
  const above = floors.slice(0, floor).flat();
  const beside = (name) => names.filter((other) => other !== name);
  return names.map((name) => ({
    name: `${name}-imports-only-what-is-below`,
    comment: `src/${name} must not know what is built on it: a change above it can then never break it.`,
    severity: 'error',
    from: { path: `^src/${name}/` },
    to: { path: `^src/(${[...above, ...beside(name), 'app\\.ts', 'bin\\.ts'].join('|')})(/|$)` },
  }));
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...upward,
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or a third one is missing.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'object-store-stands-alone',
      comment: 'The S3 server knows nothing of dk, so that it can be read, tested and trusted by itself.',
      severity: 'error',
      from: { path: '^src/object-store/' },
      to: { path: '^src/', pathNot: '^src/object-store/' },
    },
    {
      name: 'graph-stands-alone',
      comment: 'The step engine knows nothing of cells, so that its rules can be tested with steps of any kind.',
      severity: 'error',
      from: { path: '^src/graph/' },
      to: { path: '^src/', pathNot: '^src/(graph/|failure\\.ts)' },
    },
    {
      name: 'manifest-stands-alone',
      comment: 'The nouns are pure: whoever needs a type must not drag in anything that acts.',
      severity: 'error',
      from: { path: '^src/manifest/' },
      to: { path: '^src/', pathNot: '^src/(manifest/|failure\\.ts|context\\.ts)' },
    },
    {
      name: 'one-place-starts-processes',
      comment:
        'Only tools/exec.ts starts processes, so that secrets in argv and lost children are looked for in one file.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/tools/exec\\.ts$' },
      to: { path: '^(node:)?child_process$|^execa$|/execa/' },
    },
    {
      name: 'no-test-code-in-src',
      comment: 'What ships does not depend on how it is tested.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts|examples)/' },
    },
    {
      name: 'no-aws-sdk',
      comment: 'The AWS SDK warns on Node 20 and is large: tests and examples at most.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '@aws-sdk/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
