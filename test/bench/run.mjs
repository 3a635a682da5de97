// Measures one claim of the product: `node test/bench/run.mjs NAME`; without a name it lists what there is. Every number
// is a ratio against a baseline of the same run: machines differ and are rarely quiet.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import esbuild from 'esbuild';
import { kernels } from '../../esbuild.kernels.mjs';

const folder = 'test/bench';
const output = 'dist/bench';
const product = {
  engine: 'src/engine/main.ts',
  energyWorker: 'src/engine/energyWorker.ts',
  sandbox: 'src/engine/sandbox.ts',
};
/** Benches of the extension itself: they open the built product in a VS Code. */
const inEditor = new Set(['activation']);
const benches = readdirSync(folder).flatMap((file) => /^(.+)\.bench\.ts$/.exec(file)?.[1] ?? []);
const [name, ...rest] = process.argv.slice(2);

if (name === undefined) {
  for (const bench of benches) console.log(`${bench.padEnd(12)} ${firstSentence(`${folder}/${bench}.bench.ts`)}`);
} else if (!benches.includes(name)) {
  console.error(`There is no bench "${name}". There are: ${benches.join(', ')}.`);
  process.exitCode = 2;
} else {
  if (inEditor.has(name) && runNode('esbuild.mjs', '--tests') !== 0) process.exit(1);
  await build();
  process.exitCode = runNode('--enable-source-maps', `${output}/${name}.bench.js`, ...rest);
}

function runNode(...args) {
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
}

/** The bench, the processes that benches start, and the product's own, all beside each other. */
async function build() {
  const children = readdirSync(folder).filter((file) => file.endsWith('.child.ts'));
  const own = [`${name}.bench.ts`, ...children].map((file) => [file.replace(/\.ts$/, ''), `${folder}/${file}`]);
  await esbuild.build({
    entryPoints: { ...Object.fromEntries(own), ...product },
    outdir: output,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node', 'sharp', 'playwright-core', '@sparticuz/chromium'],
    sourcemap: true,
    logLevel: 'warning',
    plugins: [kernels],
  });
}

/** What a bench says of itself in the comment it begins with. */
function firstSentence(file) {
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  return comment
    .replace(/\s*\n?\s*\*?\s+/g, ' ')
    .trim()
    .split(/(?<=\.) /)[0];
}
