/** Layer rules of the house (see CONTRIBUTING and resources/guide/architecture.md). test/architecture/layers.test.ts plants violations and expects each rule to fire. */
const ENGINE_PURE = '^main/engine/(?!runtime/)';
/** Folders whose only public entry is their index.ts. */
const SEALED = ['main/services', 'main/jobs', 'main/store', 'main/report', 'preload/contract'];
/** Files of those folders that may be named beside the entry: what a process starts with, and what is needed without the schemas. */
const BESIDE_ENTRY = ['^main/jobs/worker\\.ts$', '^preload/contract/(bridge|limits)\\.ts$'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-test', severity: 'error', from: { path: '^(main|preload|renderer)' }, to: { path: '^test' } },
    {
      name: 'engine-is-pure',
      comment: 'The mathematics may import itself and the protobuf codec only.',
      severity: 'error',
      from: { path: ENGINE_PURE },
      to: { pathNot: ['^main/engine/(?!runtime/)', '^node_modules/@bufbuild/protobuf'] },
    },
    {
      name: 'engine-no-core',
      comment: 'No node: module in the mathematics.',
      severity: 'error',
      from: { path: ENGINE_PURE },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'runtime-only-engine',
      severity: 'error',
      from: { path: '^main/engine/runtime/' },
      to: { path: '^(main/(?!engine/)|preload|renderer|node_modules/(electron|better-sqlite3)/)' },
    },
    {
      name: 'onnxruntime-only-in-session',
      severity: 'error',
      from: { path: '^(main|preload|renderer)', pathNot: '^main/engine/runtime/(session|providers)\\.ts$' },
      to: { path: '^node_modules/onnxruntime' },
    },
    {
      name: 'image-codec-only-in-decode',
      severity: 'error',
      from: { path: '^(main|preload|renderer)', pathNot: '^main/engine/runtime/(decode|encode)-image\\.ts$' },
      to: { path: '^node_modules/sharp' },
    },
    {
      name: 'sqlite-only-in-store',
      severity: 'error',
      from: { path: '^(main|preload|renderer)', pathNot: '^main/store/' },
      to: { path: '^node_modules/(@types/)?better-sqlite3' },
    },
    {
      name: 'contract-imports-nothing',
      severity: 'error',
      from: { path: '^preload/contract/' },
      to: { pathNot: ['^preload/contract/', '^node_modules/zod'] },
    },
    {
      name: 'renderer-only-contract',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(main|preload/index)' },
    },
    { name: 'renderer-no-core', severity: 'error', from: { path: '^renderer/' }, to: { dependencyTypes: ['core'] } },
    {
      name: 'preload-is-a-bridge',
      comment: 'The preload script carries: it knows the contract and nothing of either side.',
      severity: 'error',
      from: { path: '^preload/(?!contract/)' },
      to: { path: '^(main|renderer)/' },
    },
    {
      name: 'store-is-below',
      severity: 'error',
      from: { path: '^main/store/' },
      to: { path: '^main/(?!store/|platform/)' },
    },
    {
      name: 'report-is-below',
      severity: 'error',
      from: { path: '^main/report/' },
      to: { path: '^main/(?!report/)' },
    },
    {
      name: 'jobs-know-no-store',
      severity: 'error',
      from: { path: '^main/jobs/' },
      to: { path: '^main/(?!jobs/|engine/|platform/)' },
    },
    {
      name: 'platform-is-bottom',
      severity: 'error',
      from: { path: '^main/platform/' },
      to: { path: '^(main/(?!platform/)|preload|renderer)' },
    },
    {
      name: 'services-know-no-carrier',
      severity: 'error',
      from: { path: '^main/services/' },
      to: { path: '^main/(app|server|cli|index)' },
    },
    {
      name: 'carriers-only-services',
      severity: 'error',
      from: { path: '^main/(index\\.ts|app/|server/|cli/)' },
      to: { path: '^main/(engine|store|report)/' },
    },
    {
      name: 'electron-only-in-app',
      severity: 'error',
      from: { path: '^(main|renderer)', pathNot: '^main/(index\\.ts|app/)' },
      to: { path: '^(node_modules/electron/|electron$)' },
    },
    ...SEALED.map((folder) => ({
      name: `entry-only-${folder.replaceAll('/', '-')}`,
      severity: 'error',
      from: { pathNot: `^${folder}/` },
      to: { path: `^${folder}/`, pathNot: [`^${folder}/index\\.ts$`, ...BESIDE_ENTRY] },
    })),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.svelte', '.d.ts'],
      // Without these, sub-paths such as @bufbuild/protobuf/wire stay unresolved and look like foreign modules.
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
