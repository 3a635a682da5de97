// Builds and starts the training of a lab from nothing: `npm run lab:train`.
import { spawnSync } from 'node:child_process';
import esbuild from 'esbuild';

const bundle = 'dist/lab/train.js';
await esbuild.build({
  entryPoints: ['test/lab/train.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  mainFields: ['module', 'main'],
  external: ['sharp'],
  sourcemap: true,
  logLevel: 'warning',
});
const args = ['--enable-source-maps', bundle, ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
