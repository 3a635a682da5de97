// Builds the bundles of dist/. `--watch` rebuilds on change, `--production` minifies, `--tests` adds the test bundles,
// `--out=FOLDER` builds into another folder.
// An import that leaves its ring fails here too: only the host leaves `vscode` to the outside, only the engine
// `onnxruntime-node` and `sharp`.
import esbuild from 'esbuild';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { kernels } from './esbuild.kernels.mjs';

const flags = new Set(process.argv.slice(2));
const out = [...flags].find((flag) => flag.startsWith('--out='))?.slice('--out='.length) ?? 'dist';
const production = flags.has('--production');
const native = ['onnxruntime-node', 'sharp'];
const browser = ['playwright-core', '@sparticuz/chromium'];

/** Bundles that are processes or threads of their own. */
const processes = {
  engine: 'src/engine/main.ts',
  energyWorker: 'src/engine/energyWorker.ts',
  sandbox: 'src/engine/sandbox.ts',
  cli: 'src/engine/cli.ts',
};

const common = {
  bundle: true,
  sourcemap: !production,
  minify: production,
  logLevel: 'warning',
  legalComments: 'none',
  plugins: [kernels],
};
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'] };
const page = { ...common, platform: 'browser', format: 'iife', target: 'es2022', loader: { '.ttf': 'file' } };

const bundles = [
  // Names stay for readers of stacks; the rest is less to compile at every start of a window.
  {
    ...node,
    entryPoints: ['src/extension.ts'],
    outfile: `${out}/extension.js`,
    external: ['vscode'],
    minifyWhitespace: true,
    minifySyntax: true,
  },
  { ...node, entryPoints: processes, outdir: out, external: native },
  ...pages(),
  ...(flags.has('--tests') ? testBundles() : []),
];

/** Every folder of webview/ that has a main.ts is a page of its own; webview/kit is shared between them. */
function pages() {
  const names = readdirSync('webview').filter((name) => existsSync(`webview/${name}/main.ts`));
  return names.map((name) => ({
    ...page,
    entryPoints: [`webview/${name}/main.ts`],
    outfile: `${out}/webview/${name}.js`,
  }));
}

/** A bundle per test file; what runs inside the extension host leaves `vscode` to it. */
function testBundles() {
  const externals = { unit: [], engine: native, webview: browser, e2e: browser, integration: ['vscode'] };
  const tiers = Object.entries(externals).map(([tier, external]) => {
    const entryPoints = listTests(`test/${tier}`);
    return { ...node, entryPoints, outdir: `${out}/test/${tier}`, outbase: `test/${tier}`, external };
  });
  const runner = { integration: 'test/integration/index.ts' };
  const evaluator = ['test/harness/evaluator/evaluator.ts', 'test/harness/evaluator/package.json'];
  return [
    ...tiers.filter((tier) => tier.entryPoints.length > 0),
    { ...node, entryPoints: runner, outdir: `${out}/test`, external: ['vscode'] },
    {
      ...node,
      entryPoints: evaluator,
      outdir: `${out}/test/evaluator`,
      external: ['vscode'],
      loader: { '.json': 'copy' },
    },
  ];
}

function listTests(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.test.ts'));
  return names.map((name) => `${folder}/${name}`);
}

/** Fonts of paired images, with their licence. */
for (const file of ['DejaVuSans.ttf', 'DejaVuSerif.ttf', 'DejaVuSansMono.ttf']) {
  cpSync(`node_modules/dejavu-fonts-ttf/ttf/${file}`, `${out}/fonts/${file}`);
}
cpSync('node_modules/dejavu-fonts-ttf/LICENSE', `${out}/fonts/LICENSE`);

if (flags.has('--watch')) {
  for (const options of bundles) await (await esbuild.context({ ...options, logLevel: 'info' })).watch();
} else {
  await Promise.all(bundles.map((options) => esbuild.build(options)));
}
